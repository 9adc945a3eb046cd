/// How long each stage of the dialogue waits before the connection is given up (RFC 5321 section 4.5.3.2).
package struct Timeouts: Sendable {
    /// For the TCP connection to be made.
    package var connect: Duration = .seconds(30)
    /// For the greeting, STARTTLS, EHLO and AUTH, each.
    package var greeting: Duration = .seconds(300)
    /// For the reply to MAIL, RCPT and RSET, each.
    package var command: Duration = .seconds(300)
    /// For the reply to DATA.
    package var data: Duration = .seconds(120)
    /// For the relay to take more of the data being sent.
    package var block: Duration = .seconds(180)
    /// For the reply to the final dot: a relay may filter before it answers.
    package var final: Duration = .seconds(600)
    /// For the reply to QUIT, which nothing depends on.
    package var quit: Duration = .seconds(2)
    /// For a next message, before an idle connection is closed; relays keep one open for five minutes at least.
    package var idle: Duration = .seconds(60)

    /// Before a relay that was down is tried again while another one takes our messages.
    package var relayRetryDelay: Duration = .seconds(60)

    package init() {}
}
