"""The peer of a click: a Streamlit page with one control and a component that shows its value."""

import streamlit as st

show = st.components.v2.component(
    "benchmarks.value",
    html="<h3></h3>\n",
    js="export default ({ data, parentElement }) => {\n"
    "  parentElement.querySelector('h3').textContent = data.value;\n"
    "}\n",
)

value = st.radio("Operation", ["Cross-correlation", "Convolution"])
show(key="value", data={"value": value})
