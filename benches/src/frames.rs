//! The frames that are measured. `benches/frames/README.md` tells what they are.

/// One frame, as the server sends it.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// What it is, for a table.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! frames {
    ($($constant:ident $name:literal $file:literal)*) => {
        $(
            #[doc = concat!("`", $file, "`")]
            pub const $constant: Frame = Frame {
                name: $name,
                text: include_str!(concat!("../frames/", $file)).trim_ascii_end(),
            };
        )*

        /// All of them, from the smallest kind of message to the largest.
        pub const ALL: &[Frame] = &[$($constant),*];
    };
}

frames! {
    TICKER "ticker" "ticker.json"
    FILL "fill" "fill.json"
    ORDERS_10 "10 orders" "orders_10.json"
    POSITIONS_100 "100 positions" "positions_100.json"
    BOOK_20 "book 20×2" "book_20.json"
    BOOK_100 "book 100×2" "book_100.json"
    BOOK_1000 "book 1000×2" "book_1000.json"
}
