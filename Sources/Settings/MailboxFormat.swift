import Basics
import Bulletin
package import Curl
import Foundation

extension SettingFormat<MailboxPlace> {
    /// Where returns are read from: IMAP, POP3, or a Maildir on this machine. An IMAP folder is written as URLs have
    /// it, in UTF-8 with percent signs (RFC 5092 section 8).
    static let mailboxURL = SettingFormat(
        "a mailbox, such as imaps://mail.example.org/INBOX or maildir:/var/mail/bounces"
    ) {
        text throws(InvalidValue) in
        if text.hasPrefix("maildir:") {
            let path = String(text.dropFirst("maildir:".count))
            guard path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw InvalidValue(text, "has no absolute path: write maildir:/var/mail/bounces")
            }
            return .maildir(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
        }
        let slashes = text.range(of: "://")?.upperBound ?? text.startIndex
        let slash = text[slashes...].firstIndex(of: "/") ?? text.endIndex
        let url = try PlainURL(
            String(text[..<slash]), schemes: ["imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995])
        let access: MailServer.Access = url.scheme.hasPrefix("imap") ? .imap : .pop3
        var server = MailServer(
            access: access, host: url.host, port: url.port, implicitTLS: url.scheme.hasSuffix("s"))
        let folder = text[slash...].dropFirst()
        guard access == .imap || folder.isEmpty else {
            throw InvalidValue(text, "names a folder, and POP3 has none: remove it")
        }
        if !folder.isEmpty { server.folder = try folderName(folder, of: text) }
        return .server(server)
    }

    private static func folderName(_ written: Substring, of text: String) throws(InvalidValue) -> String {
        guard written.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && !"?#;".unicodeScalars.contains($0) })
        else { throw InvalidValue(text, "has a character in its folder that no URL has: write it as %20 and the like") }
        let folder = String(written.hasSuffix("/") ? written.dropLast() : written).removingPercentEncoding ?? ""
        // A control character would end a command of the dialogue, or begin another.
        guard !folder.isEmpty,
            folder.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control && $0 != "\u{FFFD}" })
        else { throw InvalidValue(text, "has a folder that is no UTF-8: write it as %C3%A9 and the like") }
        return folder
    }
}

extension Configuration {
    /// The mailbox with its password, which is read now; nil where none is set. Throws where a secret
    /// cannot be read.
    package func mailboxPlace() throws(ConfigurationFault) -> MailboxPlace? {
        guard let mailbox, case .server(var server) = mailbox.url else { return mailbox?.url }
        server.tls = mailbox.tls ?? (isLoopback(server.host) && !server.implicitTLS ? .none : .required)
        server.username = mailbox.username ?? ""
        if let file = mailbox.passwordFile { server.password = try password(file, for: "mailbox.passwordFile") }
        if let file = mailbox.caFile, !FileManager.default.isReadableFile(atPath: file) {
            throw ConfigurationFault(
                .file(file), "cannot be read, and mailbox.caFile names it: make it readable, or remove mailbox.caFile")
        }
        server.caFile = mailbox.caFile
        return .server(server)
    }
}
