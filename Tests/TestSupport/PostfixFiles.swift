import Foundation

/// The folder of one ``PostfixInstance``: `etc` (configuration), `queue`, `data`, `mail`, `log`.
struct PostfixFiles {
    let folder: String
    let settings: PostfixInstance.Settings
    let port: Int
    let tlsPort: Int?
    private static let realm = "relay.example.org"

    func write() async throws {
        let files = FileManager.default
        for name in ["etc/sasl", "queue", "data", "mail"] {
            try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        guard let account = getpwnam("postfix") else {
            throw ProgramRun.Fault.missing("The user postfix", remedy: "Install it: apt-get install postfix")
        }
        let (user, group) = (account.pointee.pw_uid, account.pointee.pw_gid)
        for name in ["data", "mail"] { chown("\(folder)/\(name)", user, group) }
        try put("etc/main.cf", main(user: user, group: group).map { "\($0.key) = \($0.value)\n" }.sorted().joined())
        try put("etc/master.cf", services)
        let refused = settings.refused.map { "\($0.key) \($0.value)\n" }.sorted().joined()
        try put("etc/refused", refused)
        try put("etc/mailboxes", settings.mailboxes.map { "\($0.key) \($0.value)/\n" }.sorted().joined())
        try put("etc/transport", settings.failing.map { "\($0.key) error:\($0.value)\n" }.sorted().joined())
        guard !settings.accounts.isEmpty else { return }
        try put(
            "etc/sasl/smtpd.conf",
            """
            pwcheck_method: auxprop
            auxprop_plugin: sasldb
            mech_list: PLAIN LOGIN
            sasldb_path: \(folder)/etc/sasldb

            """)
        let saslpasswd = try Programs.system("saslpasswd2", package: "sasl2-bin")
        for (name, password) in settings.accounts {
            let ending = try await ProgramRun.run(
                saslpasswd, ["-p", "-c", "-f", "\(folder)/etc/sasldb", "-u", Self.realm, name], input: password)
            guard ending.status == 0 else { throw ProgramRun.Fault.failed("saslpasswd2", ending) }
        }
        chown("\(folder)/etc/sasldb", user, group)
    }

    private func put(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }

    private func main(user: uid_t, group: gid_t) -> [String: String] {
        var main = [
            "compatibility_level": "3.6", "myhostname": Self.realm, "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4", "mydestination": "", "mynetworks": "127.0.0.0/8", "alias_maps": "",
            "alias_database": "", "local_recipient_maps": "", "queue_directory": "\(folder)/queue",
            "data_directory": "\(folder)/data", "maillog_file": "\(folder)/log", "maillog_file_prefixes": folder,
            "smtpd_relay_restrictions": "permit_mynetworks, reject", "smtputf8_enable": "yes",
            "smtpd_recipient_restrictions": "check_recipient_access texthash:\(folder)/etc/refused, permit",
            "message_size_limit": String(settings.largestMessage), "mailbox_size_limit": "0",
            "virtual_mailbox_limit": "0", "biff": "no", "smtp_tls_security_level": "none",
        ]
        switch settings.destination {
        case .maildir:
            main["virtual_mailbox_domains"] = "static:all"
            main["virtual_mailbox_base"] = "\(folder)/mail"
            main["virtual_mailbox_maps"] = "static:all/"
            main["virtual_uid_maps"] = "static:\(user)"
            main["virtual_gid_maps"] = "static:\(group)"
        case .relay(let port):
            main["relayhost"] = "[127.0.0.1]:\(port)"
        case .discard:
            main["default_transport"] = "discard:"
        }
        if !settings.mailboxes.isEmpty {
            main["virtual_mailbox_maps"] = "texthash:\(folder)/etc/mailboxes"
            main["transport_maps"] = "texthash:\(folder)/etc/transport"
            main["recipient_delimiter"] = "+"
            // They must turn out unknown when it is too late to refuse them.
            main["smtpd_reject_unlisted_recipient"] = "no"
        }
        if let certificate = settings.certificate {
            main["smtpd_tls_chain_files"] = "\(certificate.key), \(certificate.chain)"
            main["smtpd_tls_security_level"] = settings.requiresTLS ? "encrypt" : "may"
        }
        if !settings.accounts.isEmpty {
            main["smtpd_sasl_auth_enable"] = "yes"
            main["smtpd_sasl_type"] = "cyrus"
            main["smtpd_sasl_path"] = "smtpd"
            main["cyrus_sasl_config_path"] = "\(folder)/etc/sasl"
            main["smtpd_sasl_local_domain"] = Self.realm
            main["smtpd_tls_auth_only"] = settings.certificate == nil ? "no" : "yes"
            main["smtpd_relay_restrictions"] = "permit_sasl_authenticated, reject"
        }
        return main
    }

    /// No service runs in a changed root: the scratch folder has no copy of the system's libraries.
    private var services: String {
        var lines = ["127.0.0.1:\(port) inet n - n - - smtpd"]
        if let tlsPort {
            lines.append("127.0.0.1:\(tlsPort) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes")
        }
        lines += [
            "pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
            "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite",
            "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
            "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap",
            "proxywrite unix - - n - 1 proxymap", "smtp unix - - n - - smtp", "relay unix - - n - - smtp",
            "showq unix n - n - - showq", "error unix - - n - - error", "retry unix - - n - - error",
            "discard unix - - n - - discard", "local unix - n n - - local", "virtual unix - n n - - virtual",
            "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache", "postlog unix-dgram n - n - 1 postlogd",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
