"""Reading aloud, by voices of the reader's machine alone. Chromium without a screen has none, so these stand in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import make_article, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("voices know no database")]

# What was spoken, by which voice; each utterance ends when the test says so.
VOICES = """(() => {
  const voice = (name, lang, localService) => ({ name, lang, localService, voiceURI: name, default: false });
  const all = [voice("Far", "en-US", false), voice("Near", "en-GB", true), voice("Nah", "de-DE", true)];
  window.spoken = [];
  class Utterance { constructor(text) { this.text = text; } }
  window.SpeechSynthesisUtterance = Utterance;
  Object.defineProperty(window, "speechSynthesis", { value: {
    paused: false, getVoices: () => all, addEventListener() {}, cancel() {}, resume() {}, pause() {},
    speak(said) { window.spoken.push([said.text.trim(), said.voice.name]); window.last = said; },
  } });
})()"""
TEXT = '<p>First. Second!</p><pre>code</pre><p lang="de">Drittens.</p><p lang="fr">Quatre.</p><ul><li>Fifth</li></ul>'


@pytest.mark.parametrize("width", [390, 1440])
def test_paragraph_after_paragraph_is_read_by_local_voices_and_marked(open_page, sign_in, width):
    page = open_page(viewport={"width": width, "height": 850})
    page.add_init_script(VOICES)
    sign_in(
        page, make_reader("ann"), make_article(title="A title", content_html=TEXT, language="en").get_absolute_url()
    )
    page.get_by_role("button", name="Read aloud").press("Enter")
    for marked in ("A title", "First. Second!", "Drittens.", "Fifth"):
        expect(page.locator(".spoken")).to_have_text(marked)
        page.evaluate("window.last.onend()")
    expect(page.locator(".spoken")).to_have_count(0)
    expect(page.get_by_role("button", name="Read aloud")).to_be_visible()
    assert page.evaluate("window.spoken") == [
        ["A title", "Near"], ["First.", "Near"], ["Second!", "Near"], ["Drittens.", "Nah"], ["Fifth", "Near"],
    ]  # fmt: skip


def test_where_no_voice_of_the_machine_speaks_the_language_nothing_is_offered(open_page, sign_in):
    page = open_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(VOICES)
    sign_in(
        page,
        make_reader("ann"),
        make_article(title="Un titre", content_html="<p>Un texte.</p>", language="fr").get_absolute_url(),
    )
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".aloud")).to_be_hidden()
