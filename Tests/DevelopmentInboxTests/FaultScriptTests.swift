import DevelopmentInbox
import Foundation
import Testing

@Suite struct FaultScriptTests {
    @Test func `a script says what a rule says`() throws {
        let script = try FaultScript(
            json: Data(
                """
                {"seed": 7, "rules": [
                  {"when": "rcpt", "recipient": "gone*", "reply": {"code": 550, "enhanced": "5.1.1", "text": "Nobody"}},
                  {"when": "mail", "every": 10, "delay": 2.5},
                  {"when": "finalDot", "probability": 0.01, "do": "acceptThenClose"},
                  {"when": "connect", "only": [1, 4], "raw": "?\\r\\n"}
                ]}
                """.utf8))
        #expect(script.seed == 7)
        #expect(
            script.rules == [
                FaultRule(
                    when: .rcpt, recipient: "gone*", action: .reply(550, enhanced: "5.1.1", text: "Nobody")),
                FaultRule(when: .mail, ordinal: .every(10), action: .delay(.seconds(2.5))),
                FaultRule(when: .finalDot, probability: 0.01, action: .acceptThenClose),
                FaultRule(when: .connect, ordinal: .only([1, 4]), action: .raw("?\r\n")),
            ])
    }

    @Test(arguments: [
        (#"{"rule": []}"#, "The fault file needs a list of objects named rules."),
        (#"{"rules": [], "sede": 1}"#, "The fault file has an unknown key sede. Known are seed and rules."),
        (
            #"{"rules": [{"when": "rcpt", "do": "silence"}, {"when": "lunch", "do": "silence"}]}"#,
            "Rule 2: when is one of connect, ehlo, startTLS, auth, mail, rcpt, data, body, finalDot, rset, quit."
        ),
        (
            #"{"rules": [{"when": "rcpt"}]}"#,
            "Rule 1: There must be one of reply, raw, delay, trickle, overlong and do."
        ),
        (#"{"rules": [{"when": "rcpt", "delay": "long"}]}"#, "Rule 1: delay is a number from 0 to 1000000."),
        (#"{"rules": [{"when": "rcpt", "do": "silence", "evry": 2}]}"#, "Rule 1: evry is not known."),
        (
            #"{"rules": [{"when": "rcpt", "reply": {"code": 99, "text": "x"}}]}"#,
            "Rule 1: reply needs a code from 200 to 599 and a text."
        ),
        (
            #"{"rules": [{"when": "rcpt", "do": "sulk"}]}"#,
            "Rule 1: do cannot be sulk. It is closeBeforeReply, closeAfterReply, acceptThenClose, shutDown or silence."
        ),
    ])
    func `a script that is wrong is told what and where`(json: String, message: String) throws {
        let fault = #expect(throws: FaultScript.Fault.self) { try FaultScript(json: Data(json.utf8)) }
        #expect(fault?.description == message)
    }
}
