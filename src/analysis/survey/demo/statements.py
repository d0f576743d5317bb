"""The statements of the made-up surveys, as their codebooks print them."""

#: construct -> statements; one that ends in "(R)" is reverse-keyed. "{name}" is the supplier.
STATEMENTS: dict[str, tuple[str, ...]] = {
    "trust": (
        "We can count on {name} to do what is right.",
        "{name} is honest with us, also when the news is bad.",
        "At times we doubt whether {name} can be trusted. (R)",
    ),
    "commitment": (
        "We are committed to a long-term relationship with {name}.",
        "Our relationship with {name} is worth our best effort to keep.",
        "We intend to go on working with {name} for as long as we can foresee.",
    ),
    "satisfaction": (
        "All in all, {name} meets our expectations.",
        "We are pleased with what {name} does for us.",
        "Choosing {name} was a good decision.",
    ),
    "experience": (
        "{name} is easy to do business with.",
        "{name} is a partner whose advice we seek.",
    ),
    "solution": (
        "{name} brings us new ideas that we can use.",
        "The solutions of {name} are ahead of what others offer.",
        "What we get from {name} is worth what we pay.",
    ),
    "reliability": (
        "{name} delivers what was agreed, when it was agreed.",
        "When {name} promises to solve something, it is solved.",
    ),
    "responsiveness": (
        "When we need {name}, we reach the right person quickly.",
        "{name} reacts to our requests in good time.",
    ),
    "customer_care": (
        "The people of {name} care about our business.",
        "We are treated as a customer who matters.",
    ),
    "termination_costs": (
        "Moving to another supplier would cost us a great deal of money.",
        "Changing from {name} to another would disrupt our work.",
        "It would take us long to get another supplier to this point.",
    ),
    "relationship_benefits": (
        "Compared with other suppliers, {name} gives us more for our money.",
        "Working with {name} makes us better at what we do.",
        "{name} opens doors for us that others could not.",
    ),
    "shared_values": (
        "{name} and we agree on what is right in business.",
        "The people of {name} look at service as we do.",
        "{name} and we want the same from this relationship.",
    ),
    "communication": (
        "{name} tells us in time about changes that concern us.",
        "{name} listens when we raise something.",
        "We hear from {name} before we have to ask.",
    ),
    "opportunism": (
        "{name} sometimes bends the facts to get what it wants.",
        "{name} makes promises that it does not mean to keep.",
        "{name} lays its cards on the table. (R)",
    ),
    "acquiescence": (
        "In the future we will follow the working methods that {name} asks of us.",
        "We go along with the policies of {name}.",
    ),
    "propensity_to_leave": (
        "We expect to work with another supplier within two years.",
        "We are looking at alternatives to {name}.",
        "It is likely that this contract will not be renewed.",
    ),
    "cooperation": (
        "{name} and we plan improvements together.",
        "When one of us has a problem, the other helps.",
        "{name} and we share what we learn.",
    ),
    "functional_conflict": (
        "Disagreements with {name} end in something better for both.",
        "We can argue with {name} without harm to the relationship.",
        "Differences of opinion with {name} have made us work better.",
    ),
    "uncertainty": (
        "We often lack the information from {name} that we need to decide.",
        "It is hard to predict what {name} will do.",
        "We are unsure which plans of {name} will affect us.",
    ),
    # The six elements of trust between two firms; the elements are published, the wording is ours.
    "trust_intentions": (
        "{name} wants us to do well, not only itself.",
        "When interests differ, {name} looks for what is fair to both.",
    ),
    "trust_ability": (
        "The people of {name} are good at their work.",
        "{name} can do what our business needs.",
    ),
    "trust_credibility": (
        "What {name} tells us turns out to be so.",
        "{name} only promises what it can do.",
    ),
    "trust_mutual_value": (
        "Both firms are better off for working together.",
        "{name} and we share what an improvement saves.",
    ),
    "trust_interdependence": (
        "{name} and we make plans that neither could carry out alone.",
        "{name} and we would both lose much if this relationship ended.",
    ),
    "trust_time": (
        "Over the years {name} has been the same good partner.",
        "{name} invests in what we shall need in years to come.",
    ),
}

RECOMMEND = "How likely are you to recommend {name} to a colleague or business partner?"
REASON = "What is the main reason for your score?"
IMPROVE = "What is the one thing that {name} should improve?"

TRUST_ELEMENTS = tuple(name for name in STATEMENTS if name.startswith("trust_"))

CRQ = (
    "trust",
    "commitment",
    "satisfaction",
    "experience",
    "solution",
    "reliability",
    "responsiveness",
    "customer_care",
)
