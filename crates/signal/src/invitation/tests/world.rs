//! Accounts, their mailboxes and the store around the invitations, with a witness who checks what each side sees.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use visavis_codes::signaling::Failure;
use visavis_wire::signaling::VoipKind;

use super::faulty::Mutation;
use super::witness::{Copy, Witness};
use crate::Limits;
use crate::invitation::ringing::Ringing;
use crate::invitation::state::Invitation;
use crate::invitation::{Effect, Event, Invitations, Key, stored};

/// What is wrong.
pub(super) type Violation = String;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Presence {
    In,
    Out,
    Lost,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Action {
    /// A call of an account about a channel to another account.
    Call(VoipKind, &'static str, &'static str, &'static str),
    LogIn(&'static str),
    LogOut(&'static str),
    Lose(&'static str),
    /// The mailbox is sent out to the callee.
    Push(Key),
    /// Until the next deadline.
    Pass,
    /// This many seconds, less than to the next deadline.
    Wait(u64),
    /// The server is down for so many seconds.
    Restart(u64),
}

/// Who can invite whom, and where.
pub(super) type Pair = (&'static str, &'static str, &'static str);

#[derive(Debug, Clone)]
pub(super) struct World {
    pairs: &'static [Pair],
    mutation: Option<Mutation>,
    now: Duration,
    invitations: Invitations,
    /// What would be read from the store, but for who is lost.
    kept: BTreeMap<Key, Invitation>,
    presence: BTreeMap<&'static str, Presence>,
    witness: Witness,
}

impl World {
    /// Everyone is logged in and nobody calls.
    pub(super) fn new(pairs: &'static [Pair], mutation: Option<Mutation>) -> Self {
        let accounts = pairs.iter().flat_map(|(_, a, b)| [*a, *b]);
        let now = Duration::from_secs(1_700_000_000);
        Self {
            pairs,
            mutation,
            now,
            invitations: Invitations::restore(Vec::new(), now, &Limits::default()),
            kept: BTreeMap::new(),
            presence: accounts.map(|account| (account, Presence::In)).collect(),
            witness: Witness::default(),
        }
    }

    /// What can happen next.
    pub(super) fn enabled(&self) -> BTreeSet<Action> {
        let mut actions = BTreeSet::from([Action::Restart(0), Action::Restart(60)]);
        for (channel, caller, callee) in self.pairs {
            let of_caller = [VoipKind::Invite, VoipKind::Bye, VoipKind::Msg];
            let of_callee = [
                VoipKind::Ack,
                VoipKind::Accept,
                VoipKind::Refuse,
                VoipKind::Bye,
                VoipKind::Msg,
            ];
            let mut call = |kinds: &[VoipKind], from, to| {
                if self.presence[from] == Presence::In {
                    actions.extend(kinds.iter().map(|k| Action::Call(*k, channel, from, to)));
                }
            };
            call(&of_caller, *caller, *callee);
            call(&of_callee, *callee, *caller);
        }
        for (account, presence) in &self.presence {
            actions.insert(Action::LogIn(account));
            if *presence == Presence::In {
                actions.extend([Action::LogOut(account), Action::Lose(account)]);
            }
        }
        for (key, copy) in &self.witness.mailbox {
            if *copy == Copy::Unsent && self.presence[&*key.callee] == Presence::In {
                actions.insert(Action::Push(key.clone()));
            }
        }
        if let Some(deadline) = self.invitations.deadline() {
            actions.insert(Action::Pass);
            if self.now + Duration::from_secs(10) < deadline {
                actions.insert(Action::Wait(10));
            }
        }
        actions
    }

    /// Lets it happen and checks what follows.
    pub(super) fn act(&mut self, action: &Action) -> Result<(), Violation> {
        match action {
            Action::Call(kind, channel, from, to) => self.call(*kind, [channel, from, to])?,
            Action::LogIn(account) => {
                self.presence.insert(account, Presence::In);
                self.witness.logs_in(account);
                let account = (*account).to_owned();
                self.feed(Event::LoggedIn { account })?;
            }
            Action::LogOut(account) => {
                self.presence.insert(account, Presence::Out);
                self.witness.logs_out(account);
                let account = (*account).to_owned();
                self.feed(Event::LoggedOut { account })?;
            }
            Action::Lose(account) => {
                self.presence.insert(account, Presence::Lost);
                let account = (*account).to_owned();
                self.feed(Event::Lost { account })?;
            }
            Action::Push(key) => {
                self.witness.pushed(key)?;
                let Key {
                    channel,
                    caller,
                    callee,
                } = key.clone();
                self.feed(Event::Sent {
                    channel,
                    caller,
                    callee,
                })?;
            }
            Action::Pass => {
                self.now = self.invitations.deadline().unwrap_or(self.now);
                self.tick()?;
            }
            Action::Wait(s) => {
                self.now += Duration::from_secs(*s);
                self.tick()?;
            }
            Action::Restart(s) => {
                self.now += Duration::from_secs(*s);
                for presence in self.presence.values_mut() {
                    if *presence == Presence::In {
                        *presence = Presence::Lost;
                    }
                }
                let stored = self.kept.iter().map(|(key, one)| stored::write(key, one));
                self.invitations =
                    Invitations::restore(stored.collect(), self.now, &Limits::default());
                self.tick()?;
            }
        }
        self.check()
    }

    /// Everyone is lost for good: nothing may be left, and soon.
    pub(super) fn drain(mut self) -> Result<(), Violation> {
        for (account, presence) in self.presence.clone() {
            if presence == Presence::In {
                self.act(&Action::Lose(account))?;
            }
        }
        let start = self.now;
        while self.invitations.deadline().is_some() {
            self.act(&Action::Pass)?;
            if self.now > start + Duration::from_secs(60) {
                return Err("it goes on for ever".into());
            }
        }
        match self.invitations.book.is_empty() && self.witness.is_idle() && self.kept.is_empty() {
            true => Ok(()),
            false => Err(format!("left behind: {self:?}")),
        }
    }

    /// The same for two worlds that differ in the time of day only.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.presence, &self.witness).hash(&mut hasher);
        for (key, invitation) in self.invitations.book.iter() {
            key.hash(&mut hasher);
            hash_relative(invitation, self.now, &mut hasher);
        }
        hasher.finish()
    }

    fn call(&mut self, kind: VoipKind, [channel, from, peer]: [&str; 3]) -> Result<(), Violation> {
        let event = Event::Call {
            kind,
            channel: channel.to_owned(),
            from: from.to_owned(),
            peer: peer.to_owned(),
            extra: String::new(),
            peer_online: self.presence[peer] == Presence::In,
        };
        let mut effects = Vec::new();
        let result = self.invitations.handle(self.now, event, &mut effects);
        let number = result.err().map_or(0, |failure| failure.code().number());
        self.witness.calls(kind, [channel, from, peer], number)?;
        self.absorb(effects)
    }

    fn feed(&mut self, event: Event) -> Result<(), Violation> {
        let mut effects = Vec::new();
        let result: Result<(), Failure> = self.invitations.handle(self.now, event, &mut effects);
        result.map_err(|failure| format!("an event without a call failed: {failure}"))?;
        self.absorb(effects)
    }

    fn tick(&mut self) -> Result<(), Violation> {
        let mut effects = Vec::new();
        self.invitations.tick(self.now, &mut effects);
        self.absorb(effects)
    }

    fn absorb(&mut self, mut effects: Vec<Effect>) -> Result<(), Violation> {
        if let Some(mutation) = self.mutation {
            mutation.apply(&mut effects);
        }
        for effect in effects {
            match effect {
                Effect::Save(stored) => {
                    let (key, one) = stored::read(stored, self.now);
                    self.kept.insert(key, one);
                }
                Effect::Forget(key) => {
                    let kept = self.kept.remove(&key);
                    kept.ok_or_else(|| format!("{key:?} was not kept"))?;
                }
                Effect::Deliver { .. } | Effect::Retract { .. } | Effect::Ended { .. } => {
                    self.witness.sees(effect)?;
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Violation> {
        let open = || self.invitations.book.iter();
        let kept = open().all(|(key, one)| self.kept.get(key).is_some_and(|kept| same(one, kept)));
        if !kept || open().count() != self.kept.len() {
            return Err(format!("{:?} is kept as {:?}", self.invitations, self.kept));
        }
        let ringing = open().map(|(key, one)| (key, one.is_ringing()));
        self.witness.agrees(ringing, &self.presence)?;
        match self.invitations.deadline() {
            Some(deadline) if deadline <= self.now => Err("a deadline did not fire".into()),
            None if open().any(|(_, one)| one.is_ringing()) => Err("rings for ever".into()),
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether two are the same but for who is lost.
fn same(one: &Invitation, kept: &Invitation) -> bool {
    match (one, kept) {
        (Invitation::Ringing(one), Invitation::Ringing(kept)) => {
            let of = |ringing: &Ringing| {
                (
                    ringing.until,
                    ringing.reach,
                    ringing.acked,
                    ringing.callee_seen,
                )
            };
            of(one) == of(kept) && one.extra == kept.extra
        }
        (Invitation::Accepted { .. }, Invitation::Accepted { .. }) => true,
        (Invitation::Ringing(_) | Invitation::Accepted { .. }, _) => false,
    }
}

/// The same for two that differ in the time of day only.
fn hash_relative(invitation: &Invitation, now: Duration, hasher: &mut DefaultHasher) {
    let ago = |lost: &Option<Duration>| lost.map(|lost| now - lost);
    match invitation {
        Invitation::Ringing(ringing) => {
            (ringing.until - now, ago(&ringing.caller_lost)).hash(hasher);
            (ringing.reach, ringing.acked, ringing.callee_seen).hash(hasher);
        }
        Invitation::Accepted {
            caller_lost,
            callee_lost,
        } => {
            (ago(caller_lost), ago(callee_lost)).hash(hasher);
        }
    }
}
