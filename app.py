"""cnnviz: see how convolutional networks work. Start it with `streamlit run app.py`."""

from cnnviz.ui import frame


def main() -> None:
    """One run of the app: Streamlit calls this script for every click."""
    frame.set_up()
    page = frame.navigation()
    page.run()
    frame.settle()


# a process that is spawned imports this file again: it must not open a page
if __name__ == "__main__":
    main()
