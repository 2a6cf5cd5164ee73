use visavis_codes::signaling::Cause;

use super::limits::NAME_BYTES_MAX;

/// Names that no client may log in with, because messages of the server carry them.
const ACCOUNTS_RESERVED: [&str; 3] = ["notify", "system", "-"];

/// Channels for servers in the legacy service, which are never joined here.
const CHANNELS_RESERVED: [&str; 4] = [
    "__agora_user_online",
    "__agora_channel_event",
    "_agora_user_online",
    "_agora_channel_event",
];

/// Checks a name to log in with: 1 to 128 bytes of visible characters, and none of the reserved names.
///
/// # Errors
/// The cause that a login is refused with.
pub fn check_account(account: &str) -> Result<(), Cause> {
    match account {
        "" => Err(Cause::AccountEmpty),
        _ if account.len() > NAME_BYTES_MAX => Err(Cause::AccountTooLong),
        _ if account.chars().any(char::is_whitespace) => Err(Cause::AccountSpace),
        _ if account.chars().any(char::is_control) => Err(Cause::AccountInvalid),
        _ if ACCOUNTS_RESERVED.contains(&account) => Err(Cause::AccountReserved),
        _ => Ok(()),
    }
}

/// Checks the name of a channel: 1 to 128 bytes of visible characters, and none of the reserved names.
///
/// # Errors
/// [`Cause::WrongParam`], [`Cause::ParamTooLarge`] or [`Cause::ChannelReserved`].
pub fn check_channel(name: &str) -> Result<(), Cause> {
    check_attribute_name(name)?;
    match CHANNELS_RESERVED.contains(&name) {
        true => Err(Cause::ChannelReserved),
        false => Ok(()),
    }
}

/// Checks the name of an attribute: 1 to 128 bytes of visible characters.
///
/// # Errors
/// [`Cause::WrongParam`] or [`Cause::ParamTooLarge`].
pub fn check_attribute_name(name: &str) -> Result<(), Cause> {
    if name.len() > NAME_BYTES_MAX {
        return Err(Cause::ParamTooLarge);
    }
    match name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        true => Err(Cause::WrongParam),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_account_has_its_reason() {
        for (account, cause) in [
            ("", Cause::AccountEmpty),
            ("a b", Cause::AccountSpace),
            ("a\u{2003}b", Cause::AccountSpace),
            ("a\u{7}", Cause::AccountInvalid),
            ("system", Cause::AccountReserved),
            (&"x".repeat(129), Cause::AccountTooLong),
        ] {
            assert_eq!(check_account(account), Err(cause), "{account:?}");
        }
        assert_eq!(check_account(&"x".repeat(128)), Ok(()));
        assert_eq!(check_account("ünï"), Ok(()));
    }

    #[test]
    fn channels_of_servers_are_reserved() {
        assert_eq!(
            check_channel("__agora_user_online"),
            Err(Cause::ChannelReserved)
        );
        assert_eq!(check_channel("room 1"), Err(Cause::WrongParam));
        assert_eq!(check_channel(&"x".repeat(129)), Err(Cause::ParamTooLarge));
        assert_eq!(check_channel("room"), Ok(()));
    }
}
