import Curl
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite("The mailbox of the configuration") struct MailboxSettingTests {
    private func place(_ url: String, _ more: String = "") throws -> MailboxPlace? {
        try withScratchFolder { folder in
            try "a good password\n".write(toFile: folder + "/password", atomically: true, encoding: .utf8)
            let text = least + "mailbox: {url: \"\(url)\", username: bounces, passwordFile: password\(more)}\n"
            try text.write(toFile: folder + "/fortnight.yaml", atomically: true, encoding: .utf8)
            return try Configuration.load(path: folder + "/fortnight.yaml", environment: [:]).mailboxPlace()
        }
    }

    private func server(_ url: String, _ more: String = "") throws -> MailServer {
        guard case .server(let server)? = try place(url, more) else {
            throw ConfigurationFault(.file(url), "names no server")
        }
        return server
    }

    @Test func insistsOnTLSButOnThisMachineItself() throws {
        #expect(try server("imap://mail.example.org").tls == .required)
        #expect(try server("imap://127.0.0.1:1143").tls == .none)
        #expect(try server("pop3://localhost").tls == .none)
        #expect(try server("imap://localhost", ", tls: required").tls == .required)
        let secure = try server("imaps://mail.example.org/INBOX")
        #expect(secure.implicitTLS && secure.port == 993 && secure.password == "a good password")
        #expect("\(MailboxPlace.server(secure))" == "imaps://mail.example.org:993/INBOX")
    }

    @Test func readsFoldersAsURLsHaveThem() throws {
        #expect(try server("imaps://mail.example.org").folder == "INBOX")
        #expect(try server("imaps://mail.example.org/").folder == "INBOX")
        #expect(try server("imaps://mail.example.org/R%C3%BCckl%C3%A4ufer%20%26%20Co").folder == "Rückläufer & Co")
        #expect(try place("maildir:/var/mail/bounces/") == .maildir("/var/mail/bounces"))
    }

    @Test(
        arguments: [
            ("imaps://mail.example.org/A%0D%0AB", "no UTF-8"), ("imaps://mail.example.org/%FF", "no UTF-8"),
            ("imaps://mail.example.org/INBOX;UID=1", "%20 and the like"),
            ("pop3s://mail.example.org/INBOX", "POP3 has none"),
            ("maildir:mail", "no absolute path"),
        ])
    func refusesWhatWouldBeAnotherCommand(url: String, words: String) {
        let said = faults(least + "mailbox: {url: \"\(url)\", username: bounces, passwordFile: password}\n")
        #expect(said.count == 1 && said[0].contains(words), "\(said)")
    }

    @Test func sendsNoPasswordInTheClear() {
        let plain = faults(
            least
                + "mailbox: {url: \"imap://mail.example.org\", tls: none, username: bounces, passwordFile: password}\n")
        #expect(plain.count == 1 && plain[0].contains("mailbox.tls: none is for loopback only"), "\(plain)")
    }
}
