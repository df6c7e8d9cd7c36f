"""The app as a reader meets it: real servers, a real browser, clocks inside the page."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.servers import APP, EMPTY, Server, serve
from benchmarks.table import Peer, Row

PAGES = {APP: "/cross-correlation", EMPTY: "/"}
PICTURE = "?input=garment&kernel=sobel-x"  # 28×28 under 3×3: 676 steps
READY = {APP: (".live", "Step 1 of"), EMPTY: ("h3", "correlation")}  # what a reader came for


class Click(NamedTuple):
    """Two choices in turn, and the text that changes with them."""

    path: str
    group: str | None  # the label of the radio buttons; None where the choices are buttons
    choices: tuple[str, str]  # the first one is not what the page opens with
    shown: str


EMPTY_CLICK = Click("", "Operation", ("Convolution", "Cross-correlation"), "h3")
CLICKS_ON = {  # with the heaviest of what a click draws anew: tables, matrices, maps, charts
    "cross-correlation": Click("", "Operation", ("Convolution", "Cross-correlation"), ".kernel h3"),
    "dense to convolution": Click(
        "/dense-to-convolution?panel=counts",
        "Conditions on the weights",
        ("Translation invariance", "and locality"),
        ".boards",
    ),
    "heat map of padding": Click(
        "/padding-and-stride?panel=reads",
        None,
        ("full", "valid"),
        ".output h3",
    ),
    "costs of channels": Click(
        "/channels?panel=costs", "Operation", ("Convolution", "Cross-correlation"), ".kernel h3"
    ),
    "pooling": Click("/pooling", "What a window keeps", ("Average", "Max"), ".times"),
    "shapes of dimensions": Click(
        "/dimensions", "Kind of convolution", ("3-D: a volume", "1-D: a signal"), ".output h3"
    ),
    "four views": Click(
        "/four-views", "Operation", ("Convolution", "Cross-correlation"), ".boards"
    ),
    "between the convolutions": Click(
        "/between?topic=dropout", "Mode", ("Evaluation", "Training"), ".boards"
    ),
    "architecture": Click(
        "/architecture?network=resnet50&open=layer1.0",
        "First convolution",
        ("3×3, for small images", "7×7, stride 2"),
        ".networks",
    ),
    "blocks": Click("/blocks?panel=start", "Shortcut", ("1 × 1", "Bare"), ".block"),
    "function classes": Click(
        "/function-classes?topic=identity", "How g starts", ("as 0", "usual"), ".boards"
    ),
    "receptive field": Click("/receptive-field?panel=table", "Layer 1", ("Max", "Conv"), ".field"),
}

CLOCKS = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

LONG_RUN = "data=fashion-mnist&network=lenet&epochs=200"
PAUSES = 6

STARTS, CLICKS, PLAYS, HOVERS, VISITS = 3, 12, 3, 60, 4
FASTEST = "300"  # steps a second: five in each frame
PLAY_MILLISECONDS = 2000  # a little less than the walk takes at that speed

# Fixed numbers of other people's pages, which are not measured here.
HOVER = (Peer("CNN Explainer", (15.0,), True), Peer("Setosa", (8.0,), True))
MEGABYTES = Peer("CNN Explainer", (7.5,), True)
SECONDS = Peer("CNN Explainer", (1.4,), True)


class Bench:
    """A browser, and the servers once `from_process_start` has started them."""

    def __init__(self, browser: Browser, stack: ExitStack) -> None:
        self.browser = browser
        self.stack = stack
        self.servers: dict[Path, Server] = {}

    @contextmanager
    def blank(self) -> Iterator[Page]:
        """An empty tab with an empty cache, on a laptop whose reader speaks English."""
        screen = ViewportSize(width=1366, height=768)
        with self.browser.new_context(viewport=screen, locale="en-US") as context:
            context.add_init_script(CLOCKS)
            yield context.new_page()

    def go(self, page: Page, script: Path, query: str = "") -> None:
        """Open the app's page, or the empty one, and wait until it can be used."""
        page.goto(self.servers[script].url + PAGES[script] + query, wait_until="commit")
        selector, words = READY[script]
        page.locator(selector, has_text=words).wait_for(state="attached", timeout=60_000)

    @contextmanager
    def page(self, script: Path, query: str = "") -> Iterator[Page]:
        """A page that has come to rest."""
        with self.blank() as page:
            self.go(page, script, query)
            at_rest(page)
            yield page


@contextmanager
def bench(path: str) -> Iterator[Bench]:
    """A browser for all measurements; what was started is ended."""
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        stack.callback(browser.close)
        yield Bench(browser, stack)


def at_rest(page: Page) -> None:
    """Wait until the script has ended and the browser has drawn what came of it."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(100)


# ---- from nothing to a page


def from_process_start(bench: Bench) -> Row:
    """From starting the process to the first page that can be used. The last servers stay."""
    samples: dict[Path, list[float]] = {APP: [], EMPTY: []}
    for last in (*[False] * (STARTS - 1), True):
        for script, seconds in samples.items():
            with ExitStack() as stack, bench.blank() as page:
                bench.servers[script] = stack.enter_context(serve(script))
                bench.go(page, script)
                seconds.append(time.perf_counter() - bench.servers[script].started)
                if last:
                    bench.stack.push(stack.pop_all())
    peer = Peer("empty page", tuple(samples[EMPTY]))
    return Row("process start to first page", "s", tuple(samples[APP]), (peer,))


def first_visit(bench: Bench) -> Iterator[Row]:
    """From navigation to a page that can be used, and all the bytes that it needs."""
    seconds: dict[Path, list[float]] = {APP: [], EMPTY: []}
    megabytes: dict[Path, list[float]] = {APP: [], EMPTY: []}
    for _ in range(VISITS):
        for script in seconds:
            with bench.blank() as page:
                received = count_bytes(page)
                start = time.perf_counter()
                bench.go(page, script)
                seconds[script].append(time.perf_counter() - start)
                at_rest(page)  # what arrives late counts as well
                megabytes[script].append(sum(received) / 1e6)
    for what, unit, found, published in (
        ("bytes of a first visit", "MB", megabytes, MEGABYTES),
        ("navigation to usable page", "s", seconds, SECONDS),
    ):
        peers = (published, Peer("empty page", tuple(found[EMPTY])))
        yield Row(what, unit, tuple(found[APP]), peers)


def count_bytes(page: Page) -> list[int]:
    """A list that grows by the size of everything that the page receives or sends."""
    received: list[int] = []
    network = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    for name in ("Network.webSocketFrameReceived", "Network.webSocketFrameSent"):
        network.on(name, lambda e: received.append(_frame_size(e["response"])))
    network.send("Network.enable")
    return received


def _frame_size(frame: dict[str, Any]) -> int:
    text = str(frame["payloadData"])
    binary = frame["opcode"] == 2  # then the text is base64
    return len(text) * 3 // 4 - text.count("=", -2) if binary else len(text.encode())


# ---- what a reader does


def clicks_to_redraw(bench: Bench) -> Iterator[Row]:
    """From a click on a control to the frame that shows its effect, a row for each page."""
    for name, wanted in CLICKS_ON.items():
        yield click_to_redraw(bench, name, wanted)


def click_to_redraw(bench: Bench, name: str, wanted: Click) -> Row:
    """One page's clicks, each beside one on the empty page."""
    ours: list[float] = []
    empty: list[float] = []
    with bench.blank() as page, bench.page(EMPTY) as other:
        page.goto(bench.servers[APP].url + (wanted.path or PAGES[APP]))
        page.locator(wanted.shown).wait_for(timeout=60_000)
        at_rest(page)
        for n in range(-2, CLICKS):  # the first two warm up
            both = click(page, wanted, n % 2), click(other, EMPTY_CLICK, n % 2)
            if n >= 0:
                ours.append(both[0])
                empty.append(both[1])
    peer = Peer("empty page", tuple(empty))
    return Row(f"click: {name}", "ms", tuple(ours), (peer,), at_most_times=3)


def click(page: Page, wanted: Click, which: int) -> float:
    """Milliseconds from the click to the frame in which something else is shown."""
    page.bring_to_front()
    choice = wanted.choices[which]
    if wanted.group is None:
        button = page.get_by_role("button", name=choice, exact=True)
    else:
        group = page.get_by_role("main").get_by_role("radiogroup", name=wanted.group, exact=True)
        button = group.get_by_text(choice)
    button.scroll_into_view_if_needed()
    start_clock(page, wanted.shown, "click")
    button.click()
    milliseconds = read_clock(page)
    at_rest(page)
    return milliseconds


def click_while_training(bench: Bench) -> Row:
    """Clicks on a page while a run trains in another tab, beside the same while that is paused."""
    wanted = CLICKS_ON["cross-correlation"]
    busy: list[float] = []
    quiet: list[float] = []
    with bench.blank() as tab, bench.blank() as page:
        tab.goto(f"{bench.servers[APP].url}/train?{LONG_RUN}")
        press(tab, "Train", "Training.")
        page.goto(bench.servers[APP].url + PAGES[APP])
        page.locator(wanted.shown).wait_for(timeout=60_000)
        at_rest(page)
        for n in range(-1, PAUSES):  # the first round warms up
            for samples, button, status in (
                (quiet, "Pause", "Paused."),
                (busy, "Resume", "Training."),
            ):
                press(tab, button, status)
                found = [click(page, wanted, which) for which in (0, 1)]
                samples += found if n >= 0 else []
        press(tab, "Stop", "Stopped.")
    peer = Peer("while it is paused", tuple(quiet))
    return Row("click while a run trains", "ms", tuple(busy), (peer,), at_most_times=1.5)


def press(page: Page, button: str, status: str) -> None:
    """Press a button of a run, and wait until it says so and has come to rest."""
    page.bring_to_front()
    main = page.get_by_role("main")
    main.get_by_role("button", name=button, exact=True).click(timeout=60_000)
    main.get_by_text(status).first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)


def playing(bench: Bench) -> Row:
    """Time from frame to frame while the walk over a 28×28 picture plays, each frame moving."""
    with bench.page(APP, PICTURE) as page:
        page.get_by_label("Speed").select_option(FASTEST)
        frames = [frame for _ in range(PLAYS) for frame in play(page)]
    still = sum(not moved for _, moved in frames)
    if still > 0.1 * len(frames):
        raise RuntimeError(f"{still} of {len(frames)} frames did not move")
    samples = tuple(milliseconds for milliseconds, _ in frames)
    return Row("frame while playing 28×28", "ms", samples, at_most=17)


def play(page: Page) -> list[tuple[float, bool]]:
    """Each frame's time, and whether the walk moved in it."""
    page.get_by_role("button", name="First").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(100)
    where = page.locator(".transport .where")
    frames: list[tuple[float, bool]] = where.evaluate(
        "(where, milliseconds) => bench.frames(where, milliseconds)", PLAY_MILLISECONDS
    )
    return frames


def hover_to_paint(bench: Bench) -> Row:
    """From moving the pointer over the output to the frame that shows the cell's window."""
    with bench.page(APP, PICTURE) as page:
        box = page.locator(".output canvas").bounding_box()
        assert box, "the output is not on screen"
        side = box["width"] / 26
        samples = []
        for n in range(1, HOVERS):  # the walk stands at cell 0, which would change nothing
            column, row = 7 * n % 26, 3 * n % 26
            start_clock(page, ".live", "pointermove")
            page.mouse.move(box["x"] + (column + 0.5) * side, box["y"] + (row + 0.5) * side)
            samples.append(read_clock(page))
            page.wait_for_timeout(30 + 5 * n % 17)  # at every phase of the 60 Hz clock
    return Row("hover to paint, 28×28", "ms", tuple(samples[5:]), HOVER)


def start_clock(page: Page, selector: str, event: str) -> None:
    """Wait, in the page, for the next such event and for the change that follows from it."""
    code = "(shown, event) => { window.clock = bench.changed(shown, event); }"
    page.locator(selector).evaluate(code, event)


def read_clock(page: Page) -> float:
    """Milliseconds from the event to the frame with the change."""
    return float(page.evaluate("window.clock"))
