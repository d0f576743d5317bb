"""Text that clients and their customers typed can do nothing on any page."""

import json
import re
from html.parser import HTMLParser

import pytest

from analysis.publish import chapter_page, page
from analysis.publish.notebook import MIME
from tests import made_up

PAYLOADS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)' x='",
    '" onfocus="alert(1)" autofocus="',
    '<a href="javascript:alert(1)">x</a>',
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<object data=javascript:alert(1)>",
    "<link rel=stylesheet href=http://pages.invalid/x.css>",
    "<style>@import 'http://pages.invalid/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=http://pages.invalid/>",
    "<form action=http://pages.invalid/><button autofocus>x</button></form>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<script src=http://pages.invalid/x.js></script>",
    "<SCRIPT>alert(1)</SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0d\x0a>alert(1)</script>",
    "<script/x>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "</text></svg><script>alert(1)</script>",
    "</details><img src=x onerror=alert(1)>",
    "</td></tr></table><img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x onerror=&#97;lert(1)>",
    '<IMG SRC="jav&#x09;ascript:alert(1);">',
    "<body onload=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<embed src=javascript:alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><foreignObject><script>alert(1)</script></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=alert(1)>'/></svg>",
    "<svg><style>@import url(http://pages.invalid/x.css)</style></svg>",
    "<p style='background:url(http://pages.invalid/x.png)'>x</p>",
    "<img srcset='http://pages.invalid/x.png 1x'>",
    "<picture><source srcset=http://pages.invalid/x.png><img></picture>",
    "<template><script>alert(1)</script></template>",
    "<noscript><img src=x onerror=alert(1)></noscript>",
    "<xmp><script>alert(1)</script></xmp>",
    "\u00abscript\u00bbalert(1)\u00ab/script\u00bb \uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "javascript:alert(1)//",
    "<button formaction=javascript:alert(1) autofocus>x</button>",
    "{{ 7*7 }} {% raw %} {{ ''.__class__ }}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "$\\frac{1}{$ ^_$",
    "\u202egpj.exe \u0000 \U0001f600 \u4e2d\u6587 \u0007",
    "A" * 3000,
)
LINKS = ("href", "src", "srcset", "action", "formaction", "data")

#: Put before each payload, so that it is found again in the page.
MARK = "zq7"


def poisoned(payload):
    """The full report with the payload in every field that holds text."""
    return made_up.with_text(made_up.full(), lambda text: f"{MARK}{payload}")


@pytest.fixture(scope="module")
def poisoned_pages():
    """Payload -> its page."""
    return {payload: page.report_html(poisoned(payload)) for payload in PAYLOADS}


def tags(html):
    """Every tag of a page with its attribute names; what a browser would act on."""
    return re.findall(r"<\s*/?\s*[a-zA-Z!][^>]*>", html)


def links(html):
    """Where the links and pictures of a page lead, read as a browser reads them."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend(value or "" for name, value in attrs if name.split(":")[-1] in LINKS)

    Reader().feed(html)
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_adds_no_tag_to_a_page(poisoned_pages, payload):
    html = poisoned_pages[payload]
    assert MARK in html
    assert names(html) == names(page.report_html(made_up.full()))
    assert html.count("<style>") == html.count("<meta http-equiv=") == 1


def names(html):
    """Names of the elements in a page."""
    return {re.match(r"<\s*/?\s*([a-zA-Z!]+)", tag).group(1).lower() for tag in tags(html)}


def test_template_text_is_not_evaluated(poisoned_pages):
    html = poisoned_pages["{{ 7*7 }} {% raw %} {{ ''.__class__ }}"]
    assert "{{ 7*7 }}" in html
    assert f"{MARK}49" not in html


@pytest.mark.browser
def test_nothing_is_executed_and_nothing_is_fetched(browser, poisoned_pages, tmp_path):
    for k, html in enumerate(poisoned_pages.values()):
        # Without its policy: escaping must hold by itself.
        bare = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", html)
        file = tmp_path / f"{k}.html"
        file.write_text(bare, encoding="utf-8", errors="surrogatepass")
        seen = browser.open(file, 390)
        assert (seen.dialogs, seen.outside) == ([], []), PAYLOADS[k]


@pytest.mark.browser
def test_the_control_page_without_escaping_does_execute(browser, tmp_path):
    file = tmp_path / "control.html"
    file.write_text(f"<!doctype html><title>x</title><p>{PAYLOADS[0]}{PAYLOADS[3]}</p>")
    seen = browser.open(file)
    assert seen.dialogs == ["1", "1"]


@pytest.mark.browser
def test_the_policy_stops_a_script_that_got_through(browser, tmp_path):
    file = tmp_path / "through.html"
    html = page.report_html(made_up.tiny())
    file.write_text(html.replace("</main>", "<script>alert(1)</script></main>"))
    seen = browser.open(file)
    assert seen.dialogs == []
    assert any("Content Security Policy" in words for words in seen.complaints)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_notebook_brings_nothing_into_its_page(payload, tmp_path):
    poisoned_block = made_up.with_text(made_up.nps_mix(), lambda text: MARK + payload)
    data = {"text/html": payload, "text/plain": payload}
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "display_data", "data": {"text/plain": payload}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": payload}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/svg+xml": payload}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {**data, MIME: poisoned_block.model_dump(mode="json")},
            "metadata": {},
        },
        {"output_type": "execute_result", "data": {MIME: {"kind": payload}}, "metadata": {}},
    ]
    cells = [
        {"cell_type": "markdown", "source": f"# Title {payload}\n\n{payload}"},
        {"cell_type": "code", "source": payload, "outputs": outputs},
    ]
    file = tmp_path / "x.ipynb"
    file.write_text(json.dumps({"cells": cells}))
    html = chapter_page.chapter_html(file, payload)
    forbidden = r"<(script|iframe|img|object|math|input|video|form|link|base|meta http-equiv=re)"
    assert not re.search(forbidden, html, re.IGNORECASE)
    assert not any(re.search(r"\son[a-z]+\s*=", tag.split('"')[0]) for tag in tags(html))
    assert not [link for link in links(html) if link.strip().lower().startswith("javascript")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_index_row_stays_text_and_its_link_below_the_index(payload):
    row = {"client": payload, "name": payload, "wave": payload, "status": payload}
    row |= {"link": payload, "chapters": {payload: payload}, "problem": payload}
    html = page.index_html([row | {"reported": payload, "made": payload}])
    assert not re.search(r"<(script|iframe|img|object|form|base)", html, re.IGNORECASE)
    assert not [link for link in links(html) if link.strip().lower().startswith("javascript")]


@pytest.mark.parametrize(
    "link",
    ["../x.html", "/etc/passwd", "//pages.invalid/x", "https://x", "a/../../b", "data:x", ""],
)
def test_a_link_that_leaves_the_reports_is_left_out(link):
    row = {"client": "a", "wave": "1", "status": "made", "link": link}
    assert f'href="{link}"' not in page.index_html([row])
