"""SSRF guard: addresses that may be dialled, and URLs that may be requested, boundary by boundary."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.ssrf import ascii_host, check_url, is_public
from tests.kit.addresses import ALLOWED, BY_ADDRESS, FINE, FOR_DEVELOPMENT, NO_ADDRESSES, REFUSED, TRICKS


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_its_public_neighbour_is_not(address: str):
    assert is_public(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_plain_address_is_not_a_public_one(text: str):
    assert not is_public(text)


@pytest.mark.parametrize("url", FINE)
def test_a_plain_url_of_a_public_service_may_be_asked_for(url: str):
    check_url(url, private_targets=False)
    check_url(url, private_targets=True)


@pytest.mark.parametrize("url", TRICKS)
def test_a_url_with_a_trick_in_it_never_may(url: str):
    for private_targets in (False, True):
        with pytest.raises(ValueError, match=r"^[A-Z].+\.$"):
            check_url(url, private_targets=private_targets)


@pytest.mark.parametrize("url", BY_ADDRESS)
def test_an_address_in_place_of_a_name_is_for_development_in_any_spelling(url: str):
    with pytest.raises(ValueError, match="name its host"):
        check_url(url, private_targets=False)
    check_url(url, private_targets=True)


@pytest.mark.parametrize("url", FOR_DEVELOPMENT)
def test_plain_http_and_other_ports_are_for_development(url: str):
    with pytest.raises(ValueError):
        check_url(url, private_targets=False)
    check_url(url, private_targets=True)


SOUP = st.text(st.sampled_from("abcx019.:/@?#[]%-_\\ \t。１é①\u00ad") | st.characters(), max_size=30)


@given(start=st.sampled_from(["https://", "http://", "https://[", "https://crm.example", ""]), rest=SOUP)
def test_whatever_is_written_is_refused_in_a_sentence_or_names_one_host(start: str, rest: str):
    try:
        check_url(start + rest, private_targets=True)
    except ValueError as refused:
        sentence = str(refused)
    else:
        url = httpx.URL(start + rest)
        plain = url.copy_with(host=ascii_host(url))
        assert (plain.raw_path, plain.port, plain.userinfo) == (url.raw_path, url.port, b"")
        assert plain.raw_host.decode() == ascii_host(url) == ascii_host(plain)
        sentence = "Accepted."
    assert sentence.endswith(".")
