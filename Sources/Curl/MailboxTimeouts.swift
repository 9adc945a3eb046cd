/// How long to wait for a mailbox server, and how much to accept from it.
package struct MailboxTimeouts: Sendable {
    /// For the connection to be made.
    package var connect: Duration = .seconds(30)
    /// For the next octet of a reply: RFC 3501 section 5.4 lets servers be slow, but none needs this long.
    package var silence: Duration = .seconds(60)
    /// For one command with its whole reply: a message of ``mostOctets`` arrives over a slow line in that time.
    package var command: Duration = .seconds(300)
    /// For one message. A return contains at most the returned message, and ours have a tenth of a megabyte.
    package var mostOctets = 16 << 20
    /// For one reply that lists messages: a hundred thousand of them.
    package var mostReplyOctets = 16 << 20

    package init() {}
}
