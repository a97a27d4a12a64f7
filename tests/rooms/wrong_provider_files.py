"""Provider files that are wrong in one place, and exactly what is said about them."""

# What is replaced in the example, by what, and every problem: its line and its sentence.
WRONG = [
    (
        "port: 9022",
        "port: 99022",
        [(98, "This service cannot be watched: ssh.port: write a whole number from 1 to 65535.")],
    ),
    ("plans:\n", "plan:\n", [(17, "plan is not known here; did you mean plans?")]),
    (
        "  email: support@hebergement.example",
        "  emial: support@hebergement.example",
        [(4, "email is missing in provider."), (15, "emial is not known here; did you mean email?")],
    ),
    (
        "gti: 1h,  gtr: 4h",
        "gti: 1h,  grt: 4h",
        [(18, "gtr is missing in shared."), (18, "grt is not known here; did you mean gtr?")],
    ),
    ("gti: 1h,", "gti: 5h,", [(18, "The time to intervene (gti) is longer than the time to restore (gtr).")]),
    ("gti: 1h,", "gti: one hour,", [(18, "gti: one hour is not a duration; write 0s, 90s, 3m, 1h, 26h or 1w.")]),
    ("gti: 1h,", "gti: 1,", [(18, "gti: 1 is not a duration; write 0s, 90s, 3m, 1h, 26h or 1w.")]),
    ("gti: 1h,", "gti: ,", [(18, "gti is empty: write its value or remove it.")]),
    ("gti: 1h,", "gti: [1h],", [(18, "gti: one value is expected here, not a list or a mapping.")]),
    ("urgent: false", "urgent: maybe", [(18, "urgent: write true or false, not maybe.")]),
    (
        'availability: "99.7"',
        'availability: "101"',
        [(18, 'availability: 101 is not a percentage between 0 and 100; write as in "99.95".')],
    ),
    (
        "  shared: ",
        "  Shared Plan: ",
        [
            (18, "Shared Plan: Shared Plan is not a name; use small letters, digits and dashes, as in first-line."),
            (109, "There is no plan named shared."),
        ],
    ),
    (
        'siren: "901002006"',
        'siren: "901002007"',
        [
            (8, "siren: 901002007 is not a SIREN; it has nine digits, and its check digit must agree."),
            (9, "vat_number does not contain the SIREN 901002007."),
        ],
    ),
    (
        "vat_number: FR53901002006",
        "vat_number: FR53901002007",
        [
            (9, "vat_number does not contain the SIREN 901002006."),
            (9, "vat_number: FR53901002007 is not a VAT number; write the country first, as in FR53901002006."),
        ],
    ),
    (
        "vat_number: FR53901002006",
        "vat_number: FR19812345676",
        [(9, "vat_number does not contain the SIREN 901002006.")],
    ),
    (
        "vat_number: DE123456788",
        "vat_number: DE123456789",
        [(115, "vat_number: DE123456789 is not a VAT number; write the country first, as in FR53901002006.")],
    ),
    (
        "iban: FR1420041010050500013M02606",
        "iban: FR1420041010050500013M02607",
        [(12, "iban: FR1420041010050500013M02607 is not an IBAN; its check digits must agree.")],
    ),
    (
        "country: FR}\n  siren",
        "country: France}\n  siren",
        [(7, "country: France is not a country; write two capital letters, as in FR.")],
    ),
    (
        "time_zone: Europe/Paris\n  languages",
        "time_zone: Europe/Pari\n  languages",
        [(13, "Europe/Pari is not a time zone; write a name such as Europe/Paris.")],
    ),
    (
        "time_zone: Europe/Paris\n  languages",
        "time_zone: CET\n  languages",
        [(13, "CET is an old name of a time zone; write Europe/Brussels.")],
    ),
    ("languages: [fr, en]", "languages: [fr, de]", [(14, "languages: de is not one of: fr, en.")]),
    ("languages: [fr, en]", "languages: []", [(14, "languages is empty: it needs at least one.")]),
    ("  name: Exemple Hébergement\n", "", [(4, "name is missing in provider.")]),
    (
        'amount: "95.00"',
        'amount: "95"',
        [(24, 'amount: 95 is not an amount in euros; write two decimals, as in "95.00".')],
    ),
    (
        'amount: "95.00"',
        'amount: "95,00"',
        [(24, 'amount: 95,00 is not an amount in euros; write two decimals, as in "95.00".')],
    ),
    (
        "{from: 2019-12-13, amount",
        "{from: 13/12/2019, amount",
        [(24, "from: 13/12/2019 is not a date; write year-month-day, as in 2026-01-05.")],
    ),
    (
        "{from: 2019-12-13, amount",
        "{from: 2019-02-30, amount",
        [(24, "from: 2019-02-30 is not a date; write year-month-day, as in 2026-01-05.")],
    ),
    (
        '    - {from: 2019-12-13, amount: "95.00"}',
        '    - {from: 2019-12-13, amount: "95.00"}\n    - {from: 2019-12-13, amount: "100.00"}',
        [(25, "2019-12-13 is already used on line 24.")],
    ),
    (
        "  urgent_intervention:",
        "  urgent_interventions:",
        [(23, "urgent_interventions is not known here; did you mean urgent_intervention?")],
    ),
    (
        "excluded: [misuse,",
        "excluded: [host-down, misuse,",
        [(29, "host-down is already covered on line 28: a clause is covered or excluded, not both.")],
    ),
    ("excluded: [misuse,", "excluded: [misuse, misuse,", [(29, "misuse is already used on line 29.")]),
    (
        "excluded: [misuse,",
        "excluded: [Mis use,",
        [(29, "excluded: Mis use is not a name; use small letters, digits and dashes, as in first-line.")],
    ),
    (
        'url: "smtp://127.0.0.1:9925"',
        'url: "127.0.0.1:9925"',
        [(34, "url: this is not the address of a mail server; write as in smtp://mail.example.org:587.")],
    ),
    (
        "    roles: [billing]",
        "    roles: [accountant]",
        [(59, "roles: accountant is not one of: engineer, manager, billing, admin.")],
    ),
    ("    roles: [billing]", "    roles: []", [(59, "roles is empty: it needs at least one.")]),
    ("    roles: [billing]", "    roles: billing", [(59, "roles: a list is expected here, as in [first, second].")]),
    (
        "    roles: [billing]",
        "    password: hunter2\n    roles: [billing]",
        [(59, "password: no password is ever written in this file; people choose theirs when they are invited.")],
    ),
    (
        "- email: denis@hebergement.example",
        "- email: alice@hebergement.example",
        [
            (57, "alice@hebergement.example is already used on line 37."),
            (
                65,
                "alice@hebergement.example is on call and has no contact: nothing would ring. Add contacts to this person.",
            ),
        ],
    ),
    (
        "- email: denis@hebergement.example",
        "- email: denis",
        [(57, "email: denis is not an e-mail address; write as in alice@example.org.")],
    ),
    (
        'sms: "+33633333333"',
        'sms: "0633333333"',
        [(56, "sms: 0633333333 is not an international number; write as in +33612345678.")],
    ),
    (
        'sms: "+33633333333"',
        'sms: "+33633333333", voice: "+33633333333"',
        [(56, "contacts: write exactly one of sms, voice, email, webhook, apprise.")],
    ),
    (
        '- {after: 0s, sms: "+33633333333"}',
        "- {after: 0s}",
        [(56, "contacts: write exactly one of sms, voice, email, webhook, apprise.")],
    ),
    (
        'webhook: "http://127.0.0.1:9901/bruno"',
        'webhook: "bruno"',
        [(51, "url: this is not a web address; write as in https://example.org/hook.")],
    ),
    (
        "people: [chloe@hebergement.example]",
        "people: [zoe@hebergement.example]",
        [(69, "zoe@hebergement.example is not in the staff.")],
    ),
    (
        "people: [chloe@hebergement.example]",
        "people: [denis@hebergement.example]",
        [
            (
                69,
                "denis@hebergement.example is on call and has no contact: nothing would ring. Add contacts to this person.",
            )
        ],
    ),
    ("people: [chloe@hebergement.example]", "people: []", [(69, "people is empty: it needs at least one.")]),
    (
        'every: 1w, handoff: "mon 09:00", from: 2026-01-05}\n\n',
        'every: 1d, handoff: "mon 09:00", from: 2026-01-05}\n\n',
        [(69, "A hand-over on a weekday needs a rotation in weeks: write every: 1w, or only the time.")],
    ),
    (
        'every: 1w, handoff: "mon 09:00", from: 2026-01-05}\n\n',
        'every: 1 week, handoff: "mon 09:00", from: 2026-01-05}\n\n',
        [(69, "every: 1 week is not the length of a turn; write hours, days or weeks, as in 12h, 1d or 1w.")],
    ),
    (
        'handoff: "mon 09:00", from: 2026-01-05}\n\n',
        'handoff: "monday morning", from: 2026-01-05}\n\n',
        [(69, "handoff: monday morning is not a hand-over; write a time, as in 09:00, or mon 09:00 for weeks.")],
    ),
    ('["rota:second"]', '["rota:third"]', [(75, "There is no rota named third.")]),
    (
        '["rota:second"]',
        '["role:boss"]',
        [(75, "notify: role:boss is nobody; write rota:first, role:engineer or an e-mail address.")],
    ),
    (
        '["rota:second"]',
        '["everybody"]',
        [(75, "notify: everybody is nobody; write rota:first, role:engineer or an e-mail address.")],
    ),
    ('["rota:second"]', '["zoe@hebergement.example"]', [(75, "zoe@hebergement.example is not in the staff.")]),
    ('["rota:second"]', "[]", [(75, "notify is empty: it needs at least one.")]),
    ("after: 6m", "after: 3m", [(76, "Each step comes later than the one before: write more than 3m.")]),
    (
        "repeat_every: 10m",
        "repeat_every: 7m",
        [(78, "The round is repeated before its last step, at 8m: write that or more.")],
    ),
    ("repeat_every: 10m", "repeat_every: 0s", [(78, "repeat_every cannot be 0s.")]),
    (
        "  default:\n",
        "  other:\n",
        [
            (88, "There is no escalation policy named default."),
            (101, "There is no escalation policy named default, and a customer names no other."),
        ],
    ),
    ("    kind: consumer", "    kind: person", [(103, "kind: person is not one of: business, consumer, public.")]),
    ("    escalation: default", "    escalation: night", [(88, "There is no escalation policy named night.")]),
    ("  - ref: carnet", "  - ref: boulangerie", [(101, "boulangerie is already used on line 81.")]),
    (
        "lea@carnet.example",
        "lea@carnet@example",
        [(107, "email: lea@carnet@example is not an e-mail address; write as in alice@example.org.")],
    ),
    (
        "rights: [technical]",
        "rights: [technical, root]",
        [(91, "rights: root is not one of: owner, technical, billing, urgent.")],
    ),
    (
        "servers: [web1.boulangerie.example]",
        "servers: [shop.gmbh.example]",
        [(91, "shop.gmbh.example is not a server of this customer.")],
    ),
    ("plan: gold", "plan: platinum", [(119, "There is no plan named platinum.")]),
    (
        "name: shop.gmbh.example",
        "name: mutu7.carnet.example",
        [(119, "mutu7.carnet.example is already used on line 109.")],
    ),
    (
        "name: shop.gmbh.example",
        "name: shop gmbh",
        [(119, "name: shop gmbh is not a host name; write as in web1.example.org.")],
    ),
    (
        "addresses: [192.0.2.20]",
        "addresses: [192.0.2.256]",
        [(119, "addresses: 192.0.2.256 is not an IP address; write as in 192.0.2.10 or 2001:db8::10.")],
    ),
    (
        "\ncustomers:",
        "\nbilling: {review: 24h, schedule: weekly}\n\ncustomers:",
        [(80, "schedule: weekly is not one of: immediate, monthly.")],
    ),
    ("\ncustomers:", "\nplans: {}\n\ncustomers:", [(80, "plans is already written on line 17.")]),
    (
        "plans:\n",
        "plans: &p\n",
        [(17, "Anchors and aliases (& and *) are not accepted: write the value out, or put it in quotes.")],
    ),
    (
        "    kind: consumer",
        "    kind: !!str consumer",
        [(103, "Tags (!) are not accepted: write the value alone, or put it in quotes.")],
    ),
    ("    kind: consumer", "\tkind: consumer", [(103, "A tab cannot indent YAML: use spaces.")]),
    (
        "    kind: consumer",
        "    kind: [consumer",
        [(104, "This cannot be read as YAML: did not find expected ',' or ']'.")],
    ),
    ("    kind: consumer", "    kind: consu\0mer", [(103, "The character U+0000 cannot be printed: remove it.")]),
    (
        "    kind: consumer",
        "    ? [a, b]\n    : consumer",
        [(101, "kind is missing in customers."), (103, "A key must be plain text.")],
    ),
    ("staff:\n", "---\nstaff:\n", [(36, "There must be one document only: remove what follows this line.")]),
    (
        "staff:\n",
        "staff:\n  alice: 1\nstaffs:\n",
        [
            (36, "staff: a list is expected here, as in [first, second]."),
            (38, "staffs is not known here; did you mean staff?"),
        ],
    ),
    (
        "\nescalation:\n",
        "    overrides: [{person: alice@hebergement.example, from: 2026-08-02 09:00, to: 2026-08-01 09:00, layer: 3}]\n\nescalation:\n",
        [(70, "to: the end is not after the start."), (70, "This rota has no layer 3: its layers are counted from 0.")],
    ),
    (
        "\nescalation:\n",
        "    overrides: [{person: zoe@hebergement.example, from: 2026-08-01, to: 2026-08-02 09:00}]\n\nescalation:\n",
        [
            (70, "zoe@hebergement.example is not in the staff."),
            (70, "from: 2026-08-01 is not a local date and time; write as in 2026-01-05 09:00."),
        ],
    ),
    (
        "    time_zone: Europe/Paris\n    layers",
        "    time_zone: Asia/Calcutta\n    layers",
        [(63, "Asia/Calcutta is an old name of a time zone; write Asia/Kolkata.")],
    ),
    (
        "repeat_every: 10m",
        'repeat_every: 10m\n    last_resort: ["user:zoe@hebergement.example"]',
        [(79, "zoe@hebergement.example is not in the staff.")],
    ),
    (
        "rights: [technical]",
        "rights: [technical, urgent], monthly_cap: 190",
        [(91, 'monthly_cap: 190 is not an amount in euros; write two decimals, as in "95.00".')],
    ),
    (
        '  siren: "901002006"',
        '  siren: "901002006"\n  siret: "81234567600010"',
        [
            (9, "siret does not contain the SIREN 901002006."),
            (9, "siret: 81234567600010 is not a SIRET; it has fourteen digits, and its check digit must agree."),
        ],
    ),
    (
        "from: 2019-12-13\n    covered",
        "from: 2019-12-13\n    text: {de: Nein}\n    covered",
        [(28, "de: de is not one of: fr, en.")],
    ),
]
