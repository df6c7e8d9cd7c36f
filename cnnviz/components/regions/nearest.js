// The point of a disc that is nearest to another point, and how far away it is. The same few lines
// as `Disc` in cnnviz/models/function_classes.py; tests/e2e/test_function_classes.py compares them.

function nearest(disc, [x, y]) {
  const across = x - disc.x;
  const up = y - disc.y;
  const away = Math.hypot(across, up);
  const share = away <= disc.radius ? 1 : disc.radius / away;
  return {
    nearest: [disc.x + share * across, disc.y + share * up],
    distance: Math.max(0, away - disc.radius),
  };
}
