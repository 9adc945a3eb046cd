/// A server that accepts our mail for delivery (RFC 6409), and how to connect to it.
package struct Relay: Hashable, Sendable {
    package enum TLS: String, Sendable, Codable, CaseIterable {
        /// STARTTLS or implicit TLS with a certificate that verifies, or no mail.
        case required
        /// STARTTLS if it is offered.
        case opportunistic
        /// Plain text: to loopback only.
        case none
    }

    package var host: String
    package var port: Int
    /// `smtps:` (RFC 8314 section 3.3).
    package var implicitTLS: Bool
    package var tls: TLS
    package var username: String?
    /// Read from the secret's file when the relay is opened; never printed.
    package var password: String?
    /// A file of certificates to trust instead of the system's.
    package var caFile: String?
    /// Our name in EHLO: a full domain name or an address literal (RFC 5321 section 4.1.4).
    package var hello: String
    package var connections: Int
    package var messagesPerConnection: Int
    /// 0: no limit.
    package var messagesPerMinute: Int

    package init(
        host: String, port: Int, implicitTLS: Bool = false, tls: TLS = .required, username: String? = nil,
        password: String? = nil, caFile: String? = nil, hello: String, connections: Int = 4,
        messagesPerConnection: Int = 1000, messagesPerMinute: Int = 0
    ) {
        (self.host, self.port, self.implicitTLS, self.tls) = (host, port, implicitTLS, tls)
        (self.username, self.password, self.caFile, self.hello) = (username, password, caFile, hello)
        (self.connections, self.messagesPerConnection) = (connections, messagesPerConnection)
        self.messagesPerMinute = messagesPerMinute
    }
}

extension Relay: CustomStringConvertible {
    /// `smtp://relay.example.org:587`: for logs, without user name and password.
    package var description: String { "\(implicitTLS ? "smtps" : "smtp")://\(host):\(port)" }
}
