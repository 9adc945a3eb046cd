import DevelopmentInbox
import Foundation
import TestSupport

/// A message's content, read by an independent parser.
enum MailText {
    struct Gone: Error {}

    /// The text part and the HTML part of a message, decoded; empty where it has none.
    static func parts(
        of message: ReceivedMessage, _ inbox: InboxServer, in scratch: String
    ) async throws -> (text: String, html: String) {
        guard let bytes = inbox.contents(of: message.id) else { throw Gone() }
        let file = "\(scratch)/message.eml"
        try Data(bytes).write(to: URL(filePath: file))
        let script = """
            import sys, email, email.policy, json
            m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.SMTP)
            bodies = [m.get_body((k,)) for k in ('plain', 'html')]
            print(json.dumps([b.get_payload(decode=True).decode().replace('\\r\\n', '\\n') if b else '' for b in bodies]))
            """
        let ending = try await ProgramRun.run(Programs.system("python3", package: "python3"), ["-c", script, file])
        let both = try JSONDecoder().decode([String].self, from: Data(ending.output.utf8))
        return (both[0], both[1])
    }
}
