use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use visavis_codes::signaling::Cause;

use crate::mailbox::MailboxState;
use crate::rate::Rate;
use crate::tenant::TenantId;

/// How long before the end of its token a client of ours is told.
const TOKEN_WARNING: Duration = Duration::from_secs(30);

/// Messages of one login whose delivery is still to be told; older ones are forgotten.
const RECEIPTS_MAX: usize = 1000;

/// Faults on purpose that wait in one login.
const DOOMS_MAX: usize = 16;

/// One login.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) tenant: TenantId,
    pub(crate) account: Arc<str>,
    pub(crate) uid: u32,
    pub(crate) line: [u8; 16],
    /// The end of its token, in Unix seconds.
    pub(crate) expires_s: Option<u64>,
    /// Its end was told.
    pub(crate) warned: bool,
    /// It ended another login of the account.
    pub(crate) took_over: bool,
    /// A client of ours.
    pub(crate) sdk: bool,
    /// It may be in several channels.
    pub(crate) multi_channel: bool,
    pub(crate) channels: Vec<Arc<str>>,
    pub(crate) messages: Rate,
    pub(crate) calls: Rate,
    pub(crate) whole_lists: Rate,
    pub(crate) mailbox: MailboxState,
    receipts: Option<Box<Receipts>>,
    dooms: Vec<(Duration, Doom)>,
}

/// Numbers of messages, in their order, and the ids that the client gave them.
type Receipts = VecDeque<(u64, Box<str>)>;

/// What a fault on purpose does later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Ends the login.
    End(Cause),
    /// Removes it from a channel.
    Leave { channel: Arc<str>, cause: Cause },
    /// Fails an invitation.
    Invitation {
        channel: String,
        peer: String,
        cause: Cause,
    },
}

impl Session {
    pub(crate) fn new(tenant: TenantId, account: Arc<str>, uid: u32, line: [u8; 16]) -> Self {
        Self {
            tenant,
            account,
            uid,
            line,
            expires_s: None,
            warned: false,
            took_over: false,
            sdk: false,
            multi_channel: false,
            channels: Vec::new(),
            messages: Rate::default(),
            calls: Rate::default(),
            whole_lists: Rate::default(),
            mailbox: MailboxState::Absent,
            receipts: None,
            dooms: Vec::new(),
        }
    }

    /// When the client is told that its token will expire.
    pub(crate) fn warning(&self) -> Option<Duration> {
        let expires = Duration::from_secs(self.expires_s.filter(|_| self.sdk && !self.warned)?);
        Some(expires.saturating_sub(TOKEN_WARNING))
    }

    /// When the token is not good any more.
    pub(crate) fn expiry(&self) -> Option<Duration> {
        let expires_s = self.expires_s?;
        Some(Duration::from_secs(expires_s.saturating_add(1)))
    }

    /// The earliest of everything that waits in it.
    pub(crate) fn deadline(&self, token_kicks: bool) -> Option<Duration> {
        let doom = self.dooms.iter().map(|(at, _)| *at).min();
        let expiry = self.expiry().filter(|_| token_kicks);
        [doom, expiry, self.warning()].into_iter().flatten().min()
    }

    /// Lets a fault wait; false when too many do.
    pub(crate) fn doom(&mut self, at: Duration, doom: Doom) -> bool {
        let room = self.dooms.len() < DOOMS_MAX;
        if room {
            self.dooms.push((at, doom));
        }
        room
    }

    /// Takes the faults whose time has come.
    pub(crate) fn doomed(&mut self, now: Duration) -> Vec<Doom> {
        let due = |(at, _): &mut (Duration, Doom)| *at <= now;
        self.dooms
            .extract_if(.., due)
            .map(|(_, doom)| doom)
            .collect()
    }

    /// Remembers to tell when this message was delivered.
    pub(crate) fn expect_receipt(&mut self, number: u64, message_id: Box<str>) {
        let receipts = self.receipts.get_or_insert_default();
        if receipts.len() == RECEIPTS_MAX {
            receipts.pop_front();
        }
        // Numbers only grow, but the store may answer for them out of their order across restarts of a connection.
        let at = receipts.partition_point(|(other, _)| *other < number);
        receipts.insert(at, (number, message_id));
    }

    /// The client's id of a message whose delivery is to be told.
    pub(crate) fn receipt(&mut self, number: u64) -> Option<Box<str>> {
        let receipts = self.receipts.as_mut()?;
        let at = receipts
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        receipts.remove(at).map(|(_, id)| id)
    }
}
