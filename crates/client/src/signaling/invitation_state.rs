use visavis_codes::signaling::Code;

/// Which side of an invitation this session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// It invites.
    Caller,
    /// It is invited.
    Callee,
}

/// How far an invitation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvitationState {
    /// It is on its way to the server.
    Calling,
    /// The server has it; the peer may be offline.
    Waiting,
    /// The callee's client rings.
    Ringing,
    /// The callee accepted; it goes on until one side ends it.
    Accepted,
    /// It is over, in one way on this side and for ever.
    Ended(InvitationEnd),
}

/// How an invitation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvitationEnd {
    /// The callee refused.
    Refused,
    /// This side ended it.
    ByMyself,
    /// The other side, or the server in its place, ended it.
    ByPeer,
    /// It came to nothing, with this code.
    Failed(Code),
}

impl InvitationState {
    /// True when nothing more can happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}
