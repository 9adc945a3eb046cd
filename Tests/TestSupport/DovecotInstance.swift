import Foundation

/// A real Dovecot for one test on loopback, with one account, `bounces`: its configuration, mail and log in one folder,
/// its ports free ones, and nothing shared with an instance of the system.
///
/// Needs root, and the Debian packages `dovecot-imapd dovecot-pop3d postfix` (mail belongs to the user `postfix`, whose
/// private instance may deliver into it).
package final class DovecotInstance: PrivateServer {
    package struct Settings: Sendable {
        package var password = "a good password"
        /// Offer STARTTLS on the plain ports, and TLS from the first byte on others.
        package var certificate: TestCertificate?
        /// IMAP's capabilities, instead of everything Dovecot supports: `IMAP4rev1 UIDPLUS`.
        package var capabilities: String?
        /// The prefix of a person's folders, such as `INBOX.`.
        package var prefix = ""
        /// The folder of the Maildir; nil for a new one.
        package var maildir: String?

        package init() {}
    }

    package let imapPort: Int
    package let pop3Port: Int
    /// The ports of IMAP and POP3 inside TLS, if there is a certificate.
    package let imapsPort: Int
    package let pop3sPort: Int
    /// The account's Maildir.
    package let maildir: String
    private let folder: String
    package var master: MasterProcess {
        MasterProcess(file: "\(folder)/run/master.pid", hasGroup: false, ports: [imapPort, pop3Port])
    }

    /// Starts Dovecot and waits until it listens. ``stop()`` it, or use ``with(_:in:_:)``.
    package init(_ settings: Settings, in folder: String) async throws {
        try ServerFault.unlessRoot()
        let dovecot = try Programs.system("dovecot", package: "dovecot-imapd dovecot-pop3d")
        self.folder = folder
        maildir = settings.maildir ?? "\(folder)/mail"
        (imapPort, pop3Port) = (try FreePort.any(), try FreePort.any())
        (imapsPort, pop3sPort) = settings.certificate == nil ? (0, 0) : (try FreePort.any(), try FreePort.any())
        try write(settings)
        // Its child processes hold its output open as long as they live, so that goes into a file.
        let ending = try await ProgramRun.run(
            "/bin/sh", ["-c", "exec \"$0\" -c \"$1/dovecot.conf\" >\"$1/start\" 2>&1", dovecot, folder])
        guard ending.status == 0 else {
            throw ServerFault.doesNotListen(
                log: (try? String(contentsOfFile: "\(folder)/start", encoding: .utf8)) ?? "")
        }
        try await waitUntilItListens()
    }

    /// Runs Dovecot in `FOLDER/dovecot` for as long as the body runs.
    @discardableResult
    package static func with<Result>(
        _ settings: Settings = Settings(), in folder: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (DovecotInstance) async throws -> Result
    ) async throws -> Result {
        try await DovecotInstance(settings, in: "\(folder)/dovecot").during(body)
    }

    /// Dovecot's log.
    package var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    // MARK: The mail

    /// Puts a message into the account's inbox, or a folder (by its name on disk, `.Work`), as a delivery does.
    package func deliver(_ message: [UInt8], named name: String, into folder: String = "") throws {
        let place = folder.isEmpty ? maildir : "\(maildir)/\(folder)"
        for part in ["", "/tmp", "/new", "/cur"] where !FileManager.default.fileExists(atPath: place + part) {
            try FileManager.default.createDirectory(atPath: place + part, withIntermediateDirectories: false)
            Self.own(place + part)
        }
        let path = "\(place)/new/\(name)"
        try Data(message).write(to: URL(fileURLWithPath: path))
        Self.own(path)
    }

    /// The files in the inbox, or a folder, by name on disk: with `:2,S` once they were seen.
    package func files(in folder: String = "") -> [String] {
        let place = folder.isEmpty ? maildir : "\(maildir)/\(folder)"
        return ["new", "cur"].flatMap { part in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(place)/\(part)")) ?? []).map { "\(part)/\($0)" }
        }.sorted()
    }

    /// Renumbers the inbox: another UIDVALIDITY.
    package func numberAnew() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: maildir) where name.hasPrefix("dovecot") {
            try FileManager.default.removeItem(atPath: "\(maildir)/\(name)")
        }
    }

    private static func own(_ path: String) {
        guard let account = getpwnam("postfix") else { return }
        chown(path, account.pointee.pw_uid, account.pointee.pw_gid)
    }

    // MARK: The configuration

    private func write(_ settings: Settings) throws {
        let files = FileManager.default
        guard let account = getpwnam("postfix") else {
            throw ProgramRun.Fault.missing("The user postfix", remedy: "Install it: apt-get install postfix")
        }
        for path in [folder, "\(folder)/home", maildir] {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        for part in ["/tmp", "/new", "/cur"] {
            try files.createDirectory(atPath: maildir + part, withIntermediateDirectories: true)
            Self.own(maildir + part)
        }
        Self.own(maildir)
        Self.own("\(folder)/home")
        let (user, group) = (account.pointee.pw_uid, account.pointee.pw_gid)
        let tls = settings.certificate.map {
            "ssl = yes\nssl_cert = <\($0.chain)\nssl_key = <\($0.key)\nssl_dh =\n"
        }
        let configuration = """
            base_dir = \(folder)/run
            state_dir = \(folder)/state
            log_path = \(folder)/log
            protocols = imap pop3
            listen = 127.0.0.1
            disable_plaintext_auth = no
            first_valid_uid = 1
            mail_location = maildir:\(maildir)
            maildir_broken_filename_sizes = yes
            pop3_no_flag_updates = yes
            \(settings.capabilities.map { "imap_capability = \($0)" } ?? "")
            \(tls ?? "ssl = no")
            namespace inbox {
              inbox = yes
              separator = .
              prefix = \(settings.prefix)
            }
            passdb {
              driver = passwd-file
              args = scheme=PLAIN \(folder)/users
            }
            userdb {
              driver = static
              args = uid=\(user) gid=\(group) home=\(folder)/home
            }
            \(service("imap", imapPort, settings.certificate == nil ? 0 : imapsPort))
            \(service("pop3", pop3Port, settings.certificate == nil ? 0 : pop3sPort))

            """
        try configuration.write(toFile: "\(folder)/dovecot.conf", atomically: false, encoding: .utf8)
        try "bounces:\(settings.password)\n".write(toFile: "\(folder)/users", atomically: false, encoding: .utf8)
    }

    /// Port 0 means none.
    private func service(_ name: String, _ port: Int, _ tlsPort: Int) -> String {
        """
        service \(name)-login {
          inet_listener \(name) {
            port = \(port)
          }
          inet_listener \(name)s {
            port = \(tlsPort)
            ssl = yes
          }
        }
        """
    }
}
