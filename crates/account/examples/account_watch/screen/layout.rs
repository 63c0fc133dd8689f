//! Where everything goes, by the size of the terminal.

use ratatui::layout::{Constraint, Layout, Rect};

/// Below this there is room for a hint only.
pub(crate) const SMALLEST: (u16, u16) = (40, 10);
/// From here on prices and risk stand in a column of their own.
const WIDE: u16 = 110;
/// That column.
const SIDE: u16 = 40;
/// Its panels, each with a title and a blank line after it: prices, risk, and if there is room the last gap.
const MARKET: u16 = 6;
const RISK: u16 = 10;
const HOLE: u16 = 5;
/// The log never has fewer rows, its title included.
const LOG: u16 = 4;
/// The newest orders, with their title.
const NEWEST: u16 = 6;
/// From here on there is room for a line of prices and for titles.
const TALL: u16 = 18;

/// Areas that may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Areas {
    pub(crate) header: Rect,
    pub(crate) market: Rect,
    pub(crate) risk: Rect,
    /// The last gap.
    pub(crate) hole: Rect,
    pub(crate) positions: Rect,
    pub(crate) orders: Rect,
    pub(crate) log: Rect,
    pub(crate) footer: Rect,
    /// Whether prices and risk have a column of their own.
    pub(crate) is_wide: bool,
}

/// How many rows there are to show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wants {
    pub(crate) positions: usize,
    pub(crate) orders: usize,
    pub(crate) footer: u16,
}

/// `None` when the terminal is too small for anything.
pub(crate) fn areas(area: Rect, wants: Wants) -> Option<Areas> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return None;
    }
    let [header, body, footer] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(0),
        Constraint::Length(wants.footer),
    ])
    .areas(area);
    let areas = if area.width >= WIDE && body.height >= MARKET + RISK + LOG {
        wide(body, wants)
    } else {
        narrow(body, wants, area.height >= TALL)
    };
    Some(Areas {
        header,
        footer,
        ..areas
    })
}

/// Prices and risk on the right of positions and orders; the log below all.
fn wide(body: Rect, wants: Wants) -> Areas {
    let tables = table_rows(wants.positions) + table_rows(wants.orders);
    // The log has a third, and more where the tables leave it.
    let most = (body.height - body.height / 3).max(MARKET + RISK);
    let least = (MARKET + RISK + HOLE).min(most);
    let above = tables.clamp(least, most);
    let [above, log] =
        Layout::vertical([Constraint::Length(above), Constraint::Min(LOG)]).areas(body);
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(SIDE)])
        .spacing(2)
        .areas(above);
    let [positions, orders] = share(left.height, wants);
    let [positions, orders] =
        Layout::vertical([Constraint::Length(positions), Constraint::Length(orders)]).areas(left);
    let hole = if right.height >= MARKET + RISK + HOLE {
        HOLE
    } else {
        0
    };
    let [market, risk, hole] = Layout::vertical([
        Constraint::Length(MARKET),
        Constraint::Length(RISK),
        Constraint::Length(hole),
    ])
    .areas(right);
    Areas {
        market,
        risk,
        hole,
        positions,
        orders,
        log,
        is_wide: true,
        ..Areas::default()
    }
}

/// Everything below one another.
fn narrow(body: Rect, wants: Wants, is_tall: bool) -> Areas {
    let (market, risk) = if is_tall { (1, 3) } else { (0, 1) };
    let left = body.height.saturating_sub(market + risk + LOG);
    let [positions, orders] = share(left, wants);
    let [market, risk, positions, orders, log] = Layout::vertical([
        Constraint::Length(market),
        Constraint::Length(risk),
        Constraint::Length(positions),
        Constraint::Length(orders),
        Constraint::Min(0),
    ])
    .areas(body);
    Areas {
        market,
        risk,
        positions,
        orders,
        log,
        ..Areas::default()
    }
}

/// As many rows as positions and orders need, and no more than there are. When both want more than that, positions come
/// first, but leave the newest orders in sight.
fn share(rows: u16, wants: Wants) -> [u16; 2] {
    let (positions, orders) = (table_rows(wants.positions), table_rows(wants.orders));
    let left = rows.saturating_sub(orders.min(NEWEST)).max(rows / 2);
    let positions = positions.min(left);
    [positions, orders.min(rows - positions)]
}

/// A title, the names of the columns, and at least one line.
fn table_rows(rows: usize) -> u16 {
    u16::try_from(rows.max(1))
        .unwrap_or(u16::MAX - 2)
        .saturating_add(2)
        .min(u16::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTS: Wants = Wants {
        positions: 5,
        orders: 40,
        footer: 1,
    };

    fn at(width: u16, height: u16) -> Option<Areas> {
        areas(Rect::new(0, 0, width, height), WANTS)
    }

    #[test]
    fn every_size_has_areas_within_it_or_none() {
        for width in [0, 1, 39, 40, 41, 80, 109, 110, 111, 200, 500] {
            for height in 0..=70 {
                let Some(areas) = at(width, height) else {
                    assert!(width < SMALLEST.0 || height < SMALLEST.1);
                    continue;
                };
                let all = Rect::new(0, 0, width, height);
                for area in [
                    areas.header,
                    areas.market,
                    areas.risk,
                    areas.hole,
                    areas.positions,
                    areas.orders,
                    areas.log,
                    areas.footer,
                ] {
                    assert_eq!(
                        area.intersection(all).area(),
                        area.area(),
                        "{width}x{height}"
                    );
                }
                assert!(areas.log.height >= 3, "{width}x{height}");
            }
        }
    }

    #[test]
    fn many_orders_leave_the_positions_their_rows() {
        let areas = at(80, 40).unwrap();
        assert_eq!(areas.positions.height, 7);
        assert!(areas.orders.height > 15);
        assert!(!areas.is_wide && at(120, 40).unwrap().is_wide);
    }
}
