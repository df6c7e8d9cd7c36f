"""The user interface that pages share: settings and their link, languages, the frame, controls."""
