// What a component's file hands to Streamlit, which calls it for every change of its data and runs
// only the last clean-up that it was given. So there is one instance for each place it is mounted
// in: `make(root, data)`, with `update(data, setState)` and `destroy()`.
function mount(make) {
  const mounted = new WeakMap();
  return ({ data, parentElement, setStateValue }) => {
    let made = mounted.get(parentElement);
    if (!made) mounted.set(parentElement, (made = make(parentElement, data)));
    made.update(data, setStateValue);
    return () => {
      made.destroy();
      mounted.delete(parentElement);
    };
  };
}
