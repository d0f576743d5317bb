"""Hand-written comments of business customers by theme and language, for tests of topics."""

import numpy as np
import pandas as pd

SENTENCES = {
    "partnership": {
        "en": """They think along with us and bring ideas of their own.
            It feels like working together instead of buying a service.
            We see them as a partner who wants our business to grow.
            The team works together with ours as one team.
            They plan ahead with us and share what they know.
            A real partnership: we build the plan for next year together.
            Working together on new ideas is what I value most.
            They help us to improve our own business, like a partner should.
            We solve things together, nobody points at the contract.
            Their people sit down with us and think about next year.""",
        "nl": """Ze denken echt met ons mee en komen zelf met ideeën.
            De samenwerking voelt als een partnerschap.
            We werken samen als één team aan nieuwe plannen.
            Een partner die vooruit denkt over ons bedrijf.
            Samen maken we elk jaar een plan, dat werkt heel goed.""",
        "de": """Sie denken mit uns mit und bringen eigene Ideen ein.
            Die Zusammenarbeit fühlt sich wie eine Partnerschaft an.
            Wir arbeiten gemeinsam als ein Team an neuen Plänen.
            Ein Partner, der für unser Geschäft vorausdenkt.
            Gemeinsam planen wir das nächste Jahr, das klappt sehr gut.""",
    },
    "delivery": {
        "en": """Deliveries arrive on the agreed day most weeks.
            The trucks could arrive closer to the agreed slot.
            Delivery on Monday morning is often an hour late.
            Goods arrive complete and the driver is on time.
            We would like a tighter delivery window.
            Late trucks on Friday disturb our planning in the warehouse.
            Shipments are mostly on time, but peaks are a problem.
            The delivery times have slipped a bit since the summer.
            Pallets sometimes arrive a day after the promised date.
            On time delivery is what we need from the transport.""",
        "nl": """De leveringen komen meestal op de afgesproken dag.
            De vrachtwagen is op vrijdag vaak te laat.
            We willen graag een kleiner tijdvenster voor de levering.
            Zendingen komen soms een dag later aan dan beloofd.
            Levertijden zijn sinds de zomer wat langer geworden.""",
        "de": """Die Lieferungen kommen meist am vereinbarten Tag.
            Der Lkw ist am Freitag oft zu spät.
            Wir hätten gern ein engeres Zeitfenster für die Lieferung.
            Sendungen kommen manchmal einen Tag später an als zugesagt.
            Die Lieferzeiten sind seit dem Sommer etwas länger.""",
    },
    "unsolved": {
        "en": """The same problem comes back every month and nobody fixes it.
            Our complaint was closed but the fault is still there.
            We report a fault three times before anybody repairs it.
            Problems stay open for weeks without a solution.
            Nobody solves the cause, so the fault returns.
            Tickets are closed before the problem is solved.
            We have waited four months for a repair of the same defect.
            The complaint was never resolved, we gave up asking.
            Every issue is escalated and then nothing is fixed.
            They promise to fix the problem and it is still broken.""",
        "nl": """Hetzelfde probleem komt elke maand terug en niemand lost het op.
            Onze klacht is gesloten maar de storing is er nog steeds.
            We melden een storing drie keer voordat iemand hem repareert.
            Problemen blijven weken open staan zonder oplossing.
            De klacht is nooit opgelost.""",
        "de": """Dasselbe Problem kommt jeden Monat wieder und niemand löst es.
            Unsere Beschwerde wurde geschlossen, der Fehler ist noch da.
            Wir melden eine Störung dreimal, bevor sie jemand repariert.
            Probleme bleiben wochenlang ohne Lösung offen.
            Die Beschwerde wurde nie gelöst.""",
    },
    "price": {
        "en": """The price went up again and we do not see what we get for it.
            Prices are high compared with other suppliers.
            Good value for the money we pay.
            The yearly price increase is hard to explain to our board.
            Your rates are no longer competitive in this market.
            We pay more every year for the same service.
            The cost of extra work is too high.
            Fair prices and clear rates.
            The new tariff is more expensive than we expected.
            Costs should come down when volumes grow.""",
        "nl": """De prijs is weer omhoog gegaan.
            De tarieven zijn hoog vergeleken met andere leveranciers.
            Goede waarde voor het geld dat we betalen.
            We betalen elk jaar meer voor dezelfde dienst.
            De kosten van extra werk zijn te hoog.""",
        "de": """Der Preis ist schon wieder gestiegen.
            Die Preise sind hoch im Vergleich zu anderen Anbietern.
            Gutes Verhältnis von Preis und Leistung.
            Wir zahlen jedes Jahr mehr für dieselbe Leistung.
            Die Kosten für Zusatzarbeiten sind zu hoch.""",
    },
    "invoices": {
        "en": """Invoices are often wrong and hard to read.
            The invoice does not match the purchase order.
            Please put our order number on the invoice.
            We spend hours to correct billing errors.
            Invoices come late and to the wrong department.
            Billing has become clear and correct.
            Credit notes take two months to arrive.
            The monthly invoice is a puzzle of codes.
            Finance has to call about every second invoice.
            Electronic invoices would save us a lot of work.""",
        "nl": """De facturen kloppen vaak niet.
            De factuur past niet bij de bestelling.
            Zet ons ordernummer op de factuur.
            Facturen komen te laat en bij de verkeerde afdeling.
            Een creditnota duurt twee maanden.""",
        "de": """Die Rechnungen sind oft falsch.
            Die Rechnung passt nicht zur Bestellung.
            Bitte setzen Sie unsere Bestellnummer auf die Rechnung.
            Rechnungen kommen zu spät und an die falsche Abteilung.
            Eine Gutschrift dauert zwei Monate.""",
    },
    "answers": {
        "en": """They answer the phone at once and call back the same day.
            It takes days before someone answers an e-mail.
            My questions are answered within the hour.
            Calls are not returned, I have to chase them.
            Quick replies whenever I send a message.
            The help desk keeps us waiting on the phone.
            I get a reply to my mail on the same morning.
            Nobody picks up the phone after four.
            The response to our requests is slow.
            Always reachable, and they reply fast.""",
        "nl": """Ze nemen meteen de telefoon op en bellen dezelfde dag terug.
            Het duurt dagen voordat iemand een mail beantwoordt.
            Mijn vragen worden binnen een uur beantwoord.
            Ik word niet teruggebeld.
            Snelle reactie als ik een bericht stuur.""",
        "de": """Sie gehen sofort ans Telefon und rufen am selben Tag zurück.
            Es dauert Tage, bis jemand eine Mail beantwortet.
            Meine Fragen werden innerhalb einer Stunde beantwortet.
            Ich werde nicht zurückgerufen.
            Schnelle Antwort, wenn ich eine Nachricht schicke.""",
    },
}
#: Share of each group's sentences by theme; the first named theme dominates.
MIX = {
    "promoter": {
        "partnership": 0.5,
        "answers": 0.2,
        "delivery": 0.1,
        "price": 0.1,
        "invoices": 0.1,
    },
    "passive": {"delivery": 0.45, "price": 0.25, "invoices": 0.15, "answers": 0.15},
    "detractor": {"unsolved": 0.5, "price": 0.2, "invoices": 0.15, "answers": 0.15},
}
NPS = {"promoter": (9, 11), "passive": (7, 9), "detractor": (0, 7)}


def bank(theme: str, language: str) -> list[str]:
    """Sentences of one theme in one language."""
    return [line.strip() for line in SENTENCES[theme][language].splitlines()]


def frame(texts: list, **columns) -> pd.DataFrame:
    """`Survey.comments` of these texts, one respondent each."""
    n = len(texts)
    default = {
        "respondent": [f"r{i:04d}" for i in range(n)],
        "wave": "w1",
        "account": [f"a{i // 2:03d}" for i in range(n)],
        "role": None,
        "mode": "attributable",
        "language": "en",
        "nps": 9.0,
        "question": "Why this score?",
        "text": texts,
    }
    return pd.DataFrame(default | columns, index=range(n))


def made(
    n: int = 240, seed: int = 0, languages: tuple[str, ...] = ("en", "nl", "de")
) -> pd.DataFrame:
    """`n` comments of one or two sentences; promoters, passives and detractors in thirds.

    The extra column `theme` holds the theme of the first sentence.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        group = ("promoter", "passive", "detractor")[i % 3]
        language = languages[int(rng.integers(len(languages)))]
        themes = list(MIX[group])
        count = 1 + int(rng.random() < 0.4)
        chosen = rng.choice(themes, size=count, replace=False, p=list(MIX[group].values()))
        said = [str(rng.choice(bank(theme, language))) for theme in chosen]
        rows.append((" ".join(said), language, float(rng.integers(*NPS[group])), str(chosen[0])))
    text, language, nps, theme = (list(column) for column in zip(*rows, strict=True))
    modes = rng.choice(["attributable", "confidential", "anonymous"], size=n, p=[0.6, 0.3, 0.1])
    return frame(text, language=language, nps=nps, mode=list(modes)).assign(theme=theme)
