"""The topics of the page of function classes, a file each."""
