/// How long a mailbox's server is waited for, and how much is taken of it.
package struct MailboxTimeouts: Sendable {
    /// For the connection to stand.
    package var connect: Duration = .seconds(30)
    /// For the next octet of a reply: RFC 3501 section 5.4 lets servers be slow, and none is for so long.
    package var silence: Duration = .seconds(60)
    /// For one command with all of its reply: a message of ``mostOctets`` comes through a slow line in that time.
    package var command: Duration = .seconds(300)
    /// Of one message. A return has at most the message that it returns, of which ours have a tenth of a megabyte.
    package var mostOctets = 16 << 20
    /// Of one reply that lists messages: a hundred thousand of them.
    package var mostReplyOctets = 16 << 20

    package init() {}
}
