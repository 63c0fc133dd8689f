//! A small specification and changes to it.

/// A change by its name, as texts to replace.
type Change = (&'static str, &'static [(&'static str, &'static str)]);

pub(super) const SPEC: &str = "
asyncapi: 3.0.0
components:
  schemas:
    ClientMessage:
      oneOf:
        - {type: object, required: [Subscribe], properties: {Subscribe: {$ref: '#/components/schemas/SubscriptionKind'}}}
        - {type: object, required: [Place], properties: {Place: {$ref: '#/components/schemas/Place'}}}
        - {type: string, enum: [Ping]}
    ServerMessage:
      oneOf:
        - {type: object, required: [BookUpdate], properties: {BookUpdate: {$ref: '#/components/schemas/BookUpdate'}}}
        - {type: object, required: [Fill], properties: {Fill: {$ref: '#/components/schemas/Fill'}}}
        - {type: string, enum: [Pong]}
    SubscriptionKind:
      oneOf:
        - {type: object, required: [Book], properties: {Book: {type: object, required: [market], properties: {market: {type: string}}}}}
        - {type: object, required: [Fills], properties: {Fills: {type: object, properties: {account: {type: string}}}}}
    Place:
      type: object
      required: [side, price]
      properties:
        side: {$ref: '#/components/schemas/Side'}
        price: {type: string}
        size: {type: integer, format: int32}
        reduceOnly: {type: boolean, default: false}
        kind: {$ref: '#/components/schemas/OrderKind'}
    BookUpdate:
      type: object
      required: [market, depth, round]
      properties:
        market: {type: string}
        depth: {type: integer, format: int32}
        round: {$ref: '#/components/schemas/Round'}
        note: {type: string}
        state: {$ref: '#/components/schemas/State'}
    Fill:
      type: object
      required: [side, at, event]
      properties:
        side: {$ref: '#/components/schemas/Side'}
        at: {$ref: '#/components/schemas/Time'}
        event: {$ref: '#/components/schemas/Event'}
        isMaker: {type: boolean, default: false}
    Round: {type: integer, format: uint64}
    Time: {type: integer, format: uint64}
    Side: {type: string, enum: [Buy, Sell]}
    OrderKind: {type: string, enum: [Limit, Market]}
    State: {type: string, enum: [Open, Closed]}
    Event:
      oneOf:
        - {type: object, required: [traded], properties: {traded: {type: object, required: [price], properties: {price: {type: string}}}}}
        - {type: string, enum: [cancelled]}
";

pub(super) const ANNOTATIONS: &str = "
kinds:
  Book: {pushes: {BookUpdate: {market: market}}}
  Fills: {pushes: {Fill: {}}}
messages:
  BookUpdate: {delivery: snapshot}
  Fill: {delivery: event}
  Pong: {delivery: control}
  Ping: {scope: public}
fields:
  BookUpdate.note: {name: remark}
";

pub(super) const CHANGES: &[Change] = &[
    (
        "a server variant added",
        &[(
            "{type: string, enum: [Pong]}",
            "{type: string, enum: [Pong, Halt]}",
        )],
    ),
    (
        "a server variant removed",
        &[("        - {type: string, enum: [Pong]}\n", "")],
    ),
    (
        "a server variant renamed",
        &[(
            "required: [Fill], properties: {Fill:",
            "required: [Trade], properties: {Trade:",
        )],
    ),
    (
        "a client variant removed",
        &[("        - {type: string, enum: [Ping]}\n", "")],
    ),
    (
        "a variant that gets a payload",
        &[(
            "{type: string, enum: [Ping]}",
            "{type: object, required: [Ping], properties: {Ping: {type: string}}}",
        )],
    ),
    (
        "a kind renamed",
        &[(
            "required: [Book], properties: {Book:",
            "required: [Depth], properties: {Depth:",
        )],
    ),
    (
        "a kind's field becomes required",
        &[(
            "{type: object, properties: {account:",
            "{type: object, required: [account], properties: {account:",
        )],
    ),
    (
        "a kind's field added",
        &[(
            "{account: {type: string}}",
            "{account: {type: string}, since: {type: integer}}",
        )],
    ),
    (
        "a required field the client sends",
        &[
            ("required: [side, price]", "required: [side, price, post]"),
            (
                "        size: {",
                "        post: {type: boolean}\n        size: {",
            ),
        ],
    ),
    (
        "an optional field the client sends",
        &[(
            "        size: {",
            "        post: {type: boolean}\n        size: {",
        )],
    ),
    (
        "a required field the server sends",
        &[
            (
                "required: [market, depth, round]",
                "required: [market, depth, round, seq]",
            ),
            (
                "        note: {",
                "        seq: {type: integer}\n        note: {",
            ),
        ],
    ),
    (
        "an optional field removed, and its annotation lost",
        &[("        note: {type: string}\n", "")],
    ),
    (
        "a field the server sends renamed",
        &[
            (
                "required: [market, depth, round]",
                "required: [market, levels, round]",
            ),
            ("        depth: {", "        levels: {"),
        ],
    ),
    (
        "a field the server sends becomes optional",
        &[(
            "required: [market, depth, round]",
            "required: [market, depth]",
        )],
    ),
    (
        "a field the server sends may be null",
        &[(
            "market: {type: string}\n",
            "market: {type: [string, 'null']}\n",
        )],
    ),
    (
        "a number widened where the server sends it",
        &[(
            "depth: {type: integer, format: int32}",
            "depth: {type: integer, format: int64}",
        )],
    ),
    (
        "a number widened where the client sends it",
        &[(
            "size: {type: integer, format: int32}",
            "size: {type: integer, format: int64}",
        )],
    ),
    (
        "a field retyped",
        &[(
            "        note: {type: string}",
            "        note: {type: boolean}",
        )],
    ),
    (
        "a field retyped to a type that is the same on the wire",
        &[(
            "at: {$ref: '#/components/schemas/Time'}",
            "at: {$ref: '#/components/schemas/Round'}",
        )],
    ),
    (
        "a type with another name",
        &[
            ("Side: {type: string", "Direction: {type: string"),
            (
                "        side: {$ref: '#/components/schemas/Side'}\n        price",
                "        side: {$ref: '#/components/schemas/Direction'}\n        price",
            ),
            (
                "        side: {$ref: '#/components/schemas/Side'}\n        at",
                "        side: {$ref: '#/components/schemas/Direction'}\n        at",
            ),
        ],
    ),
    (
        "a union with another name",
        &[
            ("    Event:\n", "    Happening:\n"),
            ("schemas/Event'", "schemas/Happening'"),
        ],
    ),
    (
        "a union with another name and a variant less",
        &[
            ("    Event:\n", "    Happening:\n"),
            ("schemas/Event'", "schemas/Happening'"),
            ("        - {type: string, enum: [cancelled]}\n", ""),
        ],
    ),
    (
        "an object with another name",
        &[
            ("    Fill:\n", "    Trade:\n"),
            ("schemas/Fill'", "schemas/Trade'"),
        ],
    ),
    (
        "an object with another name and a field less",
        &[
            ("    Fill:\n", "    Trade:\n"),
            ("schemas/Fill'", "schemas/Trade'"),
            ("        isMaker: {type: boolean, default: false}\n", ""),
        ],
    ),
    (
        "a list instead of one",
        &[(
            "        note: {type: string}",
            "        note: {type: array, items: {type: string}}",
        )],
    ),
    (
        "any JSON instead of a text",
        &[("        note: {type: string}", "        note: {}")],
    ),
    (
        "another type of the same shape",
        &[(
            "        state: {$ref: '#/components/schemas/State'}",
            "        state: {$ref: '#/components/schemas/Side'}\n        was: {$ref: '#/components/schemas/State'}",
        )],
    ),
    (
        "a variant renamed together with its type",
        &[
            (
                "required: [Fill], properties: {Fill:",
                "required: [Trade], properties: {Trade:",
            ),
            ("    Fill:\n", "    Trade:\n"),
            ("schemas/Fill'", "schemas/Trade'"),
        ],
    ),
    (
        "a variant in the place of one that it does not resemble",
        &[
            (
                "required: [Place], properties: {Place:",
                "required: [Cancel], properties: {Cancel:",
            ),
            ("schemas/Place'", "schemas/Cancel'"),
            (
                "    Round: {",
                "    Cancel: {type: object, properties: {order: {type: integer}}}\n    Round: {",
            ),
        ],
    ),
    (
        "a named integer narrowed",
        &[(
            "Round: {type: integer, format: uint64}",
            "Round: {type: integer, format: uint32}",
        )],
    ),
    (
        "a default changed",
        &[(
            "reduceOnly: {type: boolean, default: false}",
            "reduceOnly: {type: boolean, default: true}",
        )],
    ),
    (
        "a default that is no longer said",
        &[(
            "isMaker: {type: boolean, default: false}",
            "isMaker: {type: boolean}",
        )],
    ),
    (
        "a value the server sends",
        &[("enum: [Open, Closed]", "enum: [Open, Closed, Paused]")],
    ),
    (
        "a value the client sends removed",
        &[("enum: [Limit, Market]", "enum: [Limit]")],
    ),
    (
        "a value that both send removed",
        &[("enum: [Buy, Sell]", "enum: [Buy]")],
    ),
    (
        "a case inside a message removed",
        &[("        - {type: string, enum: [cancelled]}\n", "")],
    ),
    (
        "an enum that becomes a union",
        &[(
            "State: {type: string, enum: [Open, Closed]}",
            "State: {oneOf: [{type: string, enum: [Open, Closed]}, {type: object, required: [Halted], properties: {Halted: {type: string}}}]}",
        )],
    ),
    (
        "an enum that becomes an object",
        &[(
            "State: {type: string, enum: [Open, Closed]}",
            "State: {type: object, properties: {open: {type: boolean}}}",
        )],
    ),
    (
        "a type that nothing leads to",
        &[(
            "    Round: {",
            "    Unheard: {type: object, properties: {of: {type: string}}}\n    Round: {",
        )],
    ),
    (
        "an annotation that can no longer be meant",
        &[(
            "required: [market], properties: {market: {type: string}}",
            "required: [market], properties: {market: {type: integer}}",
        )],
    ),
    (
        "docs alone",
        &[(
            "    Round: {",
            "    Round: {description: Counts the rounds., ",
        )],
    ),
    (
        "a document that cannot be read",
        &[("    Round: {type: integer, format: uint64}\n", "")],
    ),
];

/// Changes to our own specification, all at once.
pub(super) const OWN_CHANGES: &[(&str, &str)] = &[
    // A message that nobody knows yet.
    (
        "        - title: 'ServerMessage::QuoteUpdate'\n",
        "        - {type: string, enum: [Halt]}\n        - title: 'ServerMessage::QuoteUpdate'\n",
    ),
    // A kind less.
    (
        "          required: [AuctionFills]\n          properties:\n            AuctionFills:",
        "          required: [Auctions]\n          properties:\n            Auctions:",
    ),
    // Enums with a value more and a value less, both of which the server alone sends.
    ("enum: [Buy, Sell]", "enum: [Buy, Sell, Both]"),
    ("enum: [StopLoss, TakeProfit]", "enum: [StopLoss]"),
    // A field that an annotation names.
    ("        volume24h:", "        volume1d:"),
];
