import Foundation
import TestSupport
import Testing

/// `development-inbox`, as built.
@Suite(.wholePrograms) struct ProgramTests {
    @Test func `it says where it listens, keeps what comes, and ends on SIGTERM`() async throws {
        try await withScratchFolder { folder in
            try "secret\n".write(toFile: "\(folder)/password", atomically: true, encoding: .utf8)
            let rules = #"{"rules": [{"when": "rcpt", "recipient": "no*", "reply": {"code": 550, "text": "No"}}]}"#
            try rules.write(toFile: "\(folder)/faults.json", atomically: true, encoding: .utf8)
            let run = try ProgramRun(
                try Programs.ours("development-inbox"),
                ["--smtp", "127.0.0.1:0", "--web", "127.0.0.1:0", "--keep", "kept", "--auth", "ada:password"]
                    + ["--faults", "faults.json"], folder: folder)
            let ready = try await run.line(holding: "ready")
            let ports = ready.matches(of: /127\.0\.0\.1:(\d+)/).compactMap { Int($0.1) }
            #expect(ready == "ready smtp=127.0.0.1:\(ports[0]) web=127.0.0.1:\(ports[1])")
            let client = try WireClient.greeted(port: ports[0])
            #expect(try client.say("AUTH PLAIN AGFkYQBzZWNyZXQ=").hasPrefix("235"))
            #expect(try client.deliver(to: "b@example.org").hasPrefix("250"))
            #expect(try client.deliver(to: "nobody@example.org") == "550 No")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/kept").count == 2)
            run.signal(SIGTERM)
            let ending = try await run.ended()
            #expect(ending.status == 0)
            #expect(ending.output == ready + "\n")
            #expect(ending.errors == "")
        }
    }

    @Test(arguments: [
        (["--smtp", "0.0.0.0:0"], 1, "0.0.0.0 is not a loopback address."),
        (["--smtp", "2525"], 64, "--smtp is an address and a port, such as 127.0.0.1:2525, not 2525."),
        (["--tls-cert", "x"], 64, "--tls-cert and --tls-key go together."),
        (["--faults", "/nonexistent"], 1, "/nonexistent cannot be read. --faults names a JSON file."),
    ])
    func `what it cannot do it says, and ends`(arguments: [String], status: Int32, message: String) async throws {
        let ending = try await ProgramRun.run(
            try Programs.ours("development-inbox"), ["--web", "127.0.0.1:0"] + arguments)
        #expect(ending.status == status)
        #expect(ending.errors.contains(message))
        #expect(ending.output == "")
    }
}
