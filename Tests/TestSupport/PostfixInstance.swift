package import Foundation

/// A real Postfix of the test's own on loopback: its configuration, queue, data and log in one folder, its ports free
/// ones, and nothing shared with an instance the system may have.
///
/// Needs root, and the Debian packages `postfix sasl2-bin libsasl2-modules openssl`. Installed with the debconf answer
/// "No configuration", Postfix does not run by itself:
///
///     echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
///     DEBIAN_FRONTEND=noninteractive apt-get install -y postfix sasl2-bin libsasl2-modules openssl
///
/// Postfix works as the user `postfix`, so every folder above the given one must let others through (as `/tmp` does).
package final class PostfixInstance: PrivateServer {
    /// Where it delivers accepted messages.
    package enum Destination: Sendable {
        /// Into one Maildir, for all recipients: ``PostfixInstance/messages()``.
        case maildir
        /// On to an SMTP server on that port of 127.0.0.1.
        case relay(port: Int)
        /// Nowhere.
        case discard
    }

    package struct Settings: Sendable {
        package var destination = Destination.maildir
        /// Offer STARTTLS on the plain port, and TLS from the first byte on another.
        package var certificate: TestCertificate?
        /// Refuse mail without TLS.
        package var requiresTLS = false
        /// User names and passwords for AUTH PLAIN and LOGIN. If there are any, mail needs authentication.
        package var accounts: [String: String] = [:]
        /// Recipients turned away, and the reply they get: `"gone@example.org": "550 5.1.1 Nobody here"`.
        package var refused: [String: String] = [:]
        /// If there are any, mail to one of these addresses, without its plus part, goes into the Maildir of that name
        /// in its folder `mail`; any other recipient turns out unknown on delivery, and the sender gets a report.
        package var mailboxes: [String: String] = [:]
        /// Undeliverable addresses, and why: `"full@example.net": "5.2.2 The mailbox is full"`.
        package var failing: [String: String] = [:]
        /// Octets (SIZE).
        package var largestMessage = 10_000_000

        package init() {}
    }

    /// The port of plain SMTP.
    package let port: Int
    /// The port of SMTP inside TLS, if there is a certificate.
    package let tlsPort: Int?
    private let folder: String
    package var master: MasterProcess {
        MasterProcess(file: "\(folder)/queue/pid/master.pid", hasGroup: true, ports: [port])
    }
    private let postfix: String

    /// Starts Postfix and waits until it listens. ``stop()`` it, or use ``with(_:in:_:)``.
    package init(_ settings: Settings, in folder: String) async throws {
        try ServerFault.unlessRoot()
        postfix = try Programs.system("postfix", package: "postfix")
        self.folder = folder
        port = try FreePort.any()
        tlsPort = settings.certificate == nil ? nil : try FreePort.any()
        try await PostfixFiles(folder: folder, settings: settings, port: port, tlsPort: tlsPort).write()
        let ending = try await ProgramRun.run(postfix, ["-c", "\(folder)/etc", "start"])
        guard ending.status == 0 else { throw ProgramRun.Fault.failed("postfix start", ending) }
        try await waitUntilItListens()
    }

    /// Runs Postfix in `FOLDER/postfix` for as long as the body runs.
    @discardableResult
    package static func with<Result>(
        _ settings: Settings = Settings(), in folder: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (PostfixInstance) async throws -> Result
    ) async throws -> Result {
        try await PostfixInstance(settings, in: "\(folder)/postfix").during(body)
    }

    /// Postfix's log.
    package var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    /// The messages delivered into the Maildir so far, with the headers Postfix put on top, in no order.
    package func messages() throws -> [Data] {
        let inbox = "\(folder)/mail/all/new"
        guard FileManager.default.fileExists(atPath: inbox) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: inbox).compactMap {
            FileManager.default.contents(atPath: "\(inbox)/\($0)")
        }
    }

    /// Returns the delivered messages once there are at least `count`.
    package func waitForMessages(_ count: Int, within time: Duration = .seconds(60)) async throws -> [Data] {
        let deadline = ContinuousClock.now + time
        while true {
            let come = try messages()
            if come.count >= count { return come }
            guard ContinuousClock.now < deadline else {
                throw ProgramRun.Fault.outOfTime("\(count) messages in Postfix's mailbox", output: log, errors: "")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
