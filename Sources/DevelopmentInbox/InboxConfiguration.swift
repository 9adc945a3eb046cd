package import Foundation

/// The configuration of a development inbox. The default suits tests: plain SMTP on an ephemeral
/// port of 127.0.0.1, every extension offered, messages kept in memory, no web page.
package struct InboxConfiguration: Sendable {
    /// Where messages go.
    package enum Keep: Sendable, Equatable {
        /// Envelope, headers and bytes stay in memory until the inbox ends.
        case inMemory
        /// Each message is a file `ID-RECIPIENT.eml` in this folder, holding the very bytes received, beside a
        /// `.json` with its envelope. The final dot is answered when both are written.
        case folder(String)
        /// Nothing but counts by recipient and Message-ID: for runs of many thousands.
        case countsOnly
    }

    /// The EHLO keywords that can be offered or held back. STARTTLS also needs a certificate, AUTH an account.
    package struct Extensions: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let pipelining = Extensions(rawValue: 1)
        package static let size = Extensions(rawValue: 2)
        package static let eightBitMIME = Extensions(rawValue: 4)
        package static let enhancedStatusCodes = Extensions(rawValue: 8)
        package static let smtpUTF8 = Extensions(rawValue: 16)
        package static let startTLS = Extensions(rawValue: 32)
        package static let auth = Extensions(rawValue: 64)
        package static let all = Extensions(rawValue: 127)
    }

    /// A certificate chain and its private key, as paths of PEM files.
    package struct Certificate: Sendable, Equatable {
        package var chain: String
        package var key: String

        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// An address to listen on: a loopback address and a port, where 0 asks the system for a free one.
    package struct Listener: Sendable, Equatable, CustomStringConvertible {
        package var host: String
        package var port: Int

        package init(host: String = "127.0.0.1", port: Int = 0) {
            self.host = host
            self.port = port
        }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Plain SMTP, with STARTTLS where there is a certificate.
    package var smtp = Listener()
    /// SMTP inside TLS from the first byte (RFC 8314 section 3.3); needs a certificate.
    package var smtps: Listener?
    /// The page that shows the messages.
    package var web: Listener?
    /// The name in the greeting and in the EHLO reply.
    package var name = "inbox.example.org"
    package var extensions = Extensions.all
    package var certificate: Certificate?
    /// User names and their passwords. With none, AUTH is not offered.
    package var accounts: [String: String] = [:]
    /// Answer MAIL with 530 until AUTH has succeeded.
    package var requiresAuthentication = false
    /// Answer MAIL and AUTH with 530 until the connection is encrypted.
    package var requiresTLS = false
    /// Largest message taken, in octets, as SIZE announces it.
    package var largestMessage = 10_000_000
    /// Recipients taken in one transaction. RFC 5321 section 4.5.3.1.8 asks for 100 at least.
    package var mostRecipients = 100
    package var keep = Keep.inMemory
    /// Faults asked for, tried in order; the first that fits decides.
    package var faults: [FaultRule] = []
    /// Faults that a person asks for by the address written to, tried after ``faults``.
    package var addressRules = FaultRule.byAddress
    /// The seed for the `probability` of fault rules: the same seed gives the same faults in the same order.
    package var seed: UInt64 = 1
    /// Record the dialogue of each connection, for ``InboxServer/dialogue(_:)``. Costs memory.
    package var keepsDialogues = false
    /// Event loops, each a thread.
    package var threads = 1
    /// The clock for the time of arrival.
    package var now: @Sendable () -> Date = { Date() }

    package init() {}
}

/// Why an inbox cannot start.
package enum InboxFault: Error, Equatable, CustomStringConvertible {
    case notLoopback(String)
    case noCertificate
    case certificate(String)
    case folder(String, String)
    case listen(String, String)
    case alreadyStarted
    case tooFewMessages(Int, of: Int)

    package var description: String {
        switch self {
        case .notLoopback(let host):
            "\(host) is not a loopback address. The inbox shows all mail to anyone who asks, so it listens on "
                + "127.0.0.1 or ::1 only."
        case .noCertificate:
            "TLS needs a certificate and its key. Give both, or ask for no TLS."
        case .certificate(let reason):
            "The certificate or its key cannot be used: \(reason)"
        case .folder(let path, let reason):
            "Messages cannot be kept in \(path): \(reason)"
        case .listen(let address, let reason):
            "Cannot listen on \(address): \(reason)"
        case .alreadyStarted:
            "This inbox is running already. Stop it before it is started again."
        case .tooFewMessages(let came, let wanted):
            "\(came) of \(wanted) messages came in the time given."
        }
    }
}
