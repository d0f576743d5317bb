import pytest

from analysis.models.topics import redact

MASK = redact.masker(
    staff=["Sanne de Vries", "Jörg Müller", "Will Grant", "Ángela Ruiz", "Li"],
    companies=["Acme Foods Ltd", "Target", "Van den Berg Logistiek B.V."],
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # Names from the client's list, in any form.
        ("Sanne de Vries is great", "[person] is great"),
        ("thanks to sanne de vries", "thanks to [person]"),
        ("We love Sanne's reports", "We love [person]'s reports"),
        ("Mevrouw De Vries belt terug", "[person] belt terug"),
        ("Mr. Will Grant rang", "[person] rang"),
        ("Joerg Mueller hilft immer", "[person] hilft immer"),
        ("Angela helps", "[person] helps"),
        ("Always helpful: Will", "Always helpful: Will"),  # after a colon it may be the verb
        ("Ask for Will when it matters", "Ask for [person] when it matters"),
        ("Will this be solved?", "Will this be solved?"),
        ("Li is quick", "[person] is quick"),
        ("alive and well", "alive and well"),
        # Names with a title or a cue, from no list.
        ("Mr. O'Brien never calls", "[person] never calls"),
        ("Dr Chen Wei explained it", "[person] explained it"),
        ("De heer Jansen is vriendelijk", "[person] is vriendelijk"),
        ("Mevr. van der Meer belt", "[person] belt"),
        ("Dank an Herrn Schmidt und Frau Dr. Weiß", "Dank an [person] und [person]"),
        ("Our account manager Priya is superb", "Our account manager [person] is superb"),
        ("onze contactpersoon Bram denkt mee", "onze contactpersoon [person] denkt mee"),
        ("Unsere Ansprechpartnerin Ayse hilft", "Unsere Ansprechpartnerin [person] hilft"),
        ("our account manager is superb", "our account manager is superb"),
        # Addresses and numbers.
        ("mail j.doe@acme.co.uk please", "mail [e-mail] please"),
        ("see https://portal.example.com/x?y=1 now", "see [link] now"),
        ("Bel 06-12345678 of +31 (0)20 123 4567", "Bel [phone] of [phone]"),
        ("Tel. 0049 30 1234567", "Tel. [phone]"),
        ("IBAN NL91 ABNA 0417 1643 00 klopt niet", "IBAN [account number] klopt niet"),
        ("DE89370400440532013000", "[account number]"),
        # Customers.
        ("At Acme Foods we wait", "At [company] we wait"),
        ("bij van den berg logistiek", "bij [company]"),
        ("Target waits", "[company] waits"),
        ("our target is clear", "our target is clear"),
        # What must stay.
        (
            "Delivered on 01-02-2024, 24/7, in 2023-2024",
            "Delivered on 01-02-2024, 24/7, in 2023-2024",
        ),
        ("We paid 1.250.000 euro for 500 pallets", "We paid 1.250.000 euro for 500 pallets"),
        ("Die Lieferung kam am Montag", "Die Lieferung kam am Montag"),
        ("", ""),
    ],
)
def test_masks_who_can_be_recognised_and_nothing_else(text, masked):
    assert MASK(text) == masked


def test_masking_twice_changes_nothing():
    text = "Mr Jones of Acme Foods: a@b.nl, 06-12345678, NL91ABNA0417164300, www.acme.nl"
    assert MASK(MASK(text)) == MASK(text)


def test_without_a_list_patterns_still_mask():
    assert redact.masker()("Mrs Smith, 06-12345678") == "[person], [phone]"


def test_names_with_signs_of_a_pattern_are_text():
    mask = redact.masker(["A. (Ann) B+", "["], ["C*? (NL)"])
    assert mask("C*? (NL) and A. (Ann) B+") == "[company] and [person]"


def test_bare_takes_masks_out():
    assert redact.bare("[person] of [company] calls [phone]") == "of calls"


def test_a_rare_capitalised_word_may_be_a_name():
    assert redact.unusual_name("Ask for Siobhan at the desk", usual={"ask"})
    assert redact.unusual_name("Priya never answers our calls", usual={"never", "calls"})
    assert not redact.unusual_name("Invoices are wrong", usual={"invoices"})
    assert not redact.unusual_name("The Portal is slow, I think", usual={"the", "portal"})
