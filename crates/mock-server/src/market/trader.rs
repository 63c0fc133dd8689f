//! What an account does next: a deck of habits, shuffled anew whenever it runs out, so that every
//! sort of event comes round every few seconds whatever the seed.

use rocketfi_protocol::OrderId;

use super::account::Account;
use super::listing::Listing;
use super::order::Order;
use super::random::Random;

/// Resting orders an account keeps at most.
const MOST_ORDERS: usize = 6;
/// Beyond this many lots an account only trades towards zero.
const MOST_LOTS: i64 = 60;

/// Something an account asks of the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Buy or sell at once, at most `slippage` ticks from the middle.
    Take {
        listing: usize,
        is_buy: bool,
        lots: i64,
        slippage: i64,
    },
    /// Rest an order `distance` ticks from the middle.
    Place {
        listing: usize,
        is_buy: bool,
        distance: i64,
        lots: i64,
    },
    Modify {
        id: OrderId,
        distance: i64,
        lots: i64,
    },
    Cancel {
        id: OrderId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Take,
    Place,
    Modify,
    Cancel,
    /// Ask for what cannot be had.
    Overreach,
}

const DECK: [Habit; 10] = [
    Habit::Take,
    Habit::Place,
    Habit::Modify,
    Habit::Place,
    Habit::Take,
    Habit::Place,
    Habit::Overreach,
    Habit::Cancel,
    Habit::Place,
    Habit::Modify,
];

/// The mind of one account.
#[derive(Clone, Debug)]
pub(super) struct Trader {
    /// Dealt from the end.
    deck: Vec<Habit>,
    has_begun: bool,
    random: Random,
}

impl Trader {
    pub(super) const fn new(random: Random) -> Self {
        Self {
            deck: Vec::new(),
            has_begun: false,
            random,
        }
    }

    pub(super) const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    pub(super) fn decide(&mut self, account: &Account, listings: &[Listing]) -> Intent {
        if !self.has_begun {
            self.has_begun = true;
            // A position from the first tick on, so that every private kind has something to say.
            return self.take(account, 0);
        }
        let listing = self.choose_listing(listings);
        match self.deal() {
            Habit::Take => self.take(account, listing),
            Habit::Place => self.place(account, listing),
            Habit::Modify => self.modify(account, listing),
            Habit::Cancel => self.cancel(account, listing),
            Habit::Overreach => self.overreach(listing),
        }
    }

    fn deal(&mut self) -> Habit {
        if self.deck.is_empty() {
            self.deck = DECK.to_vec();
            self.random.shuffle(&mut self.deck);
        }
        self.deck.pop().unwrap_or(Habit::Place)
    }

    /// The first instrument gets the larger share.
    fn choose_listing(&mut self, listings: &[Listing]) -> usize {
        let all: Vec<_> = (0..listings.len()).collect();
        if self.random.chance(40) {
            0
        } else {
            self.random.pick(&all).unwrap_or(0)
        }
    }

    fn choose_side(&mut self, account: &Account, listing: usize) -> bool {
        let held = account.lots(listing);
        if held.abs() > MOST_LOTS {
            held < 0
        } else {
            self.random.chance(50)
        }
    }

    fn take(&mut self, account: &Account, listing: usize) -> Intent {
        let is_buy = self.choose_side(account, listing);
        Intent::Take {
            listing,
            is_buy,
            lots: self.random.between(1, 8),
            slippage: 10,
        }
    }

    fn place(&mut self, account: &Account, listing: usize) -> Intent {
        match account.orders.keys().next() {
            Some(oldest) if account.orders.len() >= MOST_ORDERS => Intent::Cancel { id: *oldest },
            _ => Intent::Place {
                listing,
                is_buy: self.choose_side(account, listing),
                distance: self.random.between(1, 5),
                lots: self.random.between(2, 20),
            },
        }
    }

    fn modify(&mut self, account: &Account, listing: usize) -> Intent {
        match self.choose_order(account, |order| order.filled == 0) {
            Some(id) => Intent::Modify {
                id,
                distance: self.random.between(1, 5),
                lots: self.random.between(2, 20),
            },
            None => self.place(account, listing),
        }
    }

    fn cancel(&mut self, account: &Account, listing: usize) -> Intent {
        match self.choose_order(account, |_| true) {
            Some(id) => Intent::Cancel { id },
            None => self.place(account, listing),
        }
    }

    /// An order for more than the account's margin, for more than the book, or at too good a price.
    fn overreach(&mut self, listing: usize) -> Intent {
        let is_buy = self.random.chance(50);
        match self.random.below(3) {
            0 => Intent::Place {
                listing,
                is_buy,
                distance: 3,
                lots: 1_000_000_000,
            },
            1 => Intent::Take {
                listing,
                is_buy,
                lots: 5_000,
                slippage: 10,
            },
            _ => Intent::Take {
                listing,
                is_buy,
                lots: self.random.between(1, 8),
                slippage: 0,
            },
        }
    }

    fn choose_order(
        &mut self,
        account: &Account,
        is_suitable: impl Fn(&Order) -> bool,
    ) -> Option<OrderId> {
        let suitable: Vec<_> = account
            .orders
            .values()
            .filter(|order| is_suitable(order))
            .map(|it| it.id)
            .collect();
        self.random.pick(&suitable)
    }
}
