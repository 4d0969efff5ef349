"""Broken samples go all the way from bytes to findings; nothing but a named error comes out.

The same targets run without end under atheris: ``make fuzz SECONDS=600``.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.einvoice.samples import SAMPLES
from fuzz.targets import handle, mutate_bytes, mutate_pdf, mutate_xml, xml_samples

XML = xml_samples()
numbers = st.integers(min_value=0, max_value=2**20)
steps = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def sealed(facturx):
    """Gives the file: a failing example is told without its fifty thousand bytes."""
    content = facturx(SAMPLES["standard rate"])
    return lambda: content


@settings(max_examples=50)
@given(sample=st.sampled_from(XML), steps=steps)
def test_an_xml_with_changed_elements_is_handled(sample, steps):
    handle(mutate_xml(sample, steps))


@settings(max_examples=50)
@given(sample=st.sampled_from(XML), steps=steps)
def test_an_xml_with_changed_bytes_is_handled(sample, steps):
    handle(mutate_bytes(sample, steps))


@settings(max_examples=15)
@given(steps=steps)
def test_a_pdf_with_changed_objects_is_handled(sealed, steps):
    handle(mutate_pdf(sealed(), steps))


@settings(max_examples=15)
@given(steps=steps)
def test_a_pdf_with_changed_bytes_is_handled(sealed, steps):
    handle(mutate_bytes(sealed(), steps))


@settings(max_examples=50)
@given(
    content=st.binary(max_size=2000),
    start=st.sampled_from([b"", b"<", b"%PDF-1.7\n", b"\xff\xfe<"]),
)
def test_any_bytes_are_handled(content, start):
    handle(start + content)


@pytest.mark.slow
@settings(max_examples=1500)
@given(sample=st.sampled_from(XML), steps=steps)
def test_many_xml_are_handled(sample, steps):
    handle(mutate_xml(sample, steps))


@pytest.mark.slow
@settings(max_examples=500)
@given(steps=steps)
def test_many_pdf_are_handled(sealed, steps):
    handle(mutate_pdf(sealed(), steps))
