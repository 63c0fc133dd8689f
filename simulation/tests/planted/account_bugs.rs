//! Mistakes that whoever joins a stream and snapshots by hand is known to make.

use crate::{Bug, bug, edit};

pub(crate) const BUGS: &[Bug] = &[
    bug(
        "events are told as often as they come",
        &[edit(
            "state/history.rs",
            "        self.ids.contains(&event.id())",
            "        !BUG && self.ids.contains(&event.id())",
        )],
    ),
    bug(
        "snapshot is applied after what was held back",
        &[edit(
            "reconciler/settle.rs",
            "        let before = self.state.compare(snapshot, &touched);",
            "        if BUG {
            for kept in &messages {
                self.state.apply(&kept.message);
            }
        }
        let before = self.state.compare(snapshot, &touched);",
        )],
    ),
    bug(
        "page boundary is skipped",
        &[edit(
            "fetch.rs",
            "    const fn page(&self, number: u64) -> Page {
        Page {
            number,",
            "    fn page(&self, number: u64) -> Page {
        Page {
            number: if BUG { number * 2 } else { number },",
        )],
    ),
    bug(
        "only the first page is read",
        &[edit(
            "fetch.rs",
            "            Mark::Nothing => self.end = Some(true),",
            "            _ if BUG => self.end = Some(true),
            Mark::Nothing => self.end = Some(true),",
        )],
    ),
    bug(
        "partial list of positions is taken for all of them",
        &[edit(
            "state.rs",
            "        for (id, position) in &update.positions {",
            "        if BUG {
            self.positions.clear();
        }
        for (id, position) in &update.positions {",
        )],
    ),
    bug(
        "lag of REST is ignored",
        &[edit(
            "reconciler.rs",
            "        let earliest = now + self.config.rest_lag;",
            "        let earliest = if BUG { now } else { now + self.config.rest_lag };",
        )],
    ),
    bug(
        "REST is asked before everything is subscribed",
        &[edit(
            "reconciler/stream.rs",
            "                self.lose(now);",
            "                self.lose(now);
                if BUG {
                    self.live.extend(self.kinds.clone());
                    self.check_live(now);
                }",
        )],
    ),
    bug(
        "answer to a question of before a gap is taken",
        &[
            edit(
                "reconciler/course.rs",
                "        self.fetch = Fetch::Idle;",
                "        if !BUG || !matches!(self.fetch, Fetch::Running) {
            self.fetch = Fetch::Idle;
        }",
            ),
            edit(
                "reconciler/course.rs",
                "        self.fetch = Fetch::At(at);
        if let Some(hold)",
                "        if !BUG || !matches!(self.fetch, Fetch::Running) {
            self.fetch = Fetch::At(at);
        }
        if let Some(hold)",
            ),
        ],
    ),
    bug(
        "what flows is replaced by an older snapshot",
        &[edit(
            "snapshot.rs",
            "    pub(crate) fn note(&mut self, message: &ServerMessage) {
        match message {",
            "    pub(crate) fn note(&mut self, message: &ServerMessage) {
        match message {
            _ if BUG => {}",
        )],
    ),
    bug(
        "failure of REST counts as an answer",
        &[edit(
            "reconciler.rs",
            "            Err(error) => self.fail(error, now),",
            "            Err(_) if BUG => self.settle(&Snapshot::default(), now),
            Err(error) => self.fail(error, now),",
        )],
    ),
    bug(
        "lag of the client is not acted on",
        &[edit(
            "reconciler/stream.rs",
            "                self.demand(Trigger::Lagged, now);",
            "                if !BUG {
                    self.demand(Trigger::Lagged, now);
                }",
        )],
    ),
    bug(
        "log is compared only back to the last event that came",
        &[edit(
            "state/history.rs",
            "        self.events.push_back(event.clone());",
            "        if BUG {
            self.anchors = vec![event.id()];
        }
        self.events.push_back(event.clone());",
        )],
    ),
    bug(
        "audit does not look at the log",
        &[edit(
            "state/rebase.rs",
            "            events: events.into_iter().map(Identified::id).collect(),",
            "            events: events.into_iter().filter(|_| !BUG).map(Identified::id).collect(),",
        )],
    ),
    bug(
        "order that ended is opened again by an older list",
        &[edit(
            "state/orders.rs",
            "        if self.ended.contains_key(&id) {
            return;",
            "        if BUG {
            self.ended.remove(&id);
        }
        if self.ended.contains_key(&id) {
            return;",
        )],
    ),
    bug(
        "messages that flow unreconciled are not marked",
        &[edit(
            "reconciler/stream.rs",
            "                self.deliver(message, false);",
            "                self.deliver(message, BUG);",
        )],
    ),
    bug(
        "missed events are told newest first",
        &[edit(
            "fetch.rs",
            "        self.entries.reverse();",
            "        if !BUG {
            self.entries.reverse();
        }",
        )],
    ),
    bug(
        "funding that was missed is not told",
        &[edit(
            "reconciler/settle.rs",
            "        for news in rebased.payments {",
            "        for news in rebased.payments.into_iter().filter(|_| !BUG) {",
        )],
    ),
];
