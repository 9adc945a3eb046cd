/// The mailbox that returned mail is read from (`mailbox:`), and how to open it.
package enum MailboxPlace: Hashable, Sendable {
    case server(MailServer)
    /// A Maildir on this machine, by its absolute path.
    case maildir(String)
}

extension MailboxPlace: CustomStringConvertible {
    /// `imaps://mail.example.org:993/INBOX`: for logs, without user name and password.
    package var description: String {
        switch self {
        case .server(let server): server.description + (server.access == .imap ? "/\(server.folder)" : "")
        case .maildir(let path): "maildir:\(path)"
        }
    }
}

extension MailboxPlace {
    /// Tells this mailbox from every other: progress through one says nothing of another.
    package var identity: String {
        switch self {
        case .server(let server): "\(self) \(server.username)"
        case .maildir: description
        }
    }
}

/// A mailbox on a server: IMAP (RFC 3501, 9051) or POP3 (RFC 1939).
package struct MailServer: Hashable, Sendable {
    package enum Access: String, Sendable { case imap, pop3 }

    package enum TLS: String, Sendable, CaseIterable {
        /// STARTTLS or implicit TLS with a certificate that verifies, or no connection.
        case required
        /// Plain text: to loopback only.
        case none
    }

    package var access: Access
    package var host: String
    package var port: Int
    /// `imaps:`, `pop3s:` (RFC 8314 section 3).
    package var implicitTLS: Bool
    package var tls = TLS.required
    /// The IMAP folder, in Unicode; `INBOX` by default.
    package var folder = "INBOX"
    package var username = ""
    /// Read from the secret's file when the mailbox is opened; never printed.
    package var password = ""
    /// A file of certificates to trust instead of the system's.
    package var caFile: String?

    package init(access: Access, host: String, port: Int, implicitTLS: Bool) {
        (self.access, self.host, self.port, self.implicitTLS) = (access, host, port, implicitTLS)
    }
}

extension MailServer: CustomStringConvertible {
    /// `imaps://mail.example.org:993`: without folder, user name and password.
    package var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(access.rawValue)\(implicitTLS ? "s" : "")://\(shown):\(port)"
    }
}
