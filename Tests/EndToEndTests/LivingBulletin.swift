import DevelopmentInbox
import Foundation
import TestSupport

/// A whole bulletin in a scratch folder, run by the real programs: its configuration, its state, its daemon.
final class LivingBulletin: Sendable {
    let folder: String
    let webPort: Int
    private let variables: [String: String]

    /// A bulletin whose relay is at that port of loopback. `settings` are more lines of YAML, and `smtp` and `schedule`
    /// those of their sections. Its programs use `clock`, if given.
    init(
        in scratch: String, smtpPort: Int, smtp: String = "  tls: none\n",
        schedule: String = "  first: 2099-12-02 10:00",
        settings: String = "", clock: StillClock? = nil
    ) throws {
        folder = scratch
        webPort = try FreePort.any()
        variables = [
            "FORTNIGHT_CONFIG": "\(scratch)/fortnight.yaml", "TZ": "Asia/Kolkata", "LANG": "de_DE.UTF-8",
        ].merging(clock?.environment ?? [:]) { $1 }
        let templates = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        let text = """
            bulletin:
              name: Example eBulletin
              from: Example eBulletin <bulletin@example.org>
              postalAddress: 1 Example Street, Manchester M1 1AA
            schedule:
              timezone: Europe/London
            \(schedule)
            smtp:
              url: smtp://127.0.0.1:\(smtpPort)
            \(smtp)
            web: {listen: "127.0.0.1:\(webPort)", publicURL: "http://127.0.0.1:\(webPort)"}
            templates: \(templates.standardizedFileURL.path)
            operations: {listen: "127.0.0.1:0"}
            \(settings)
            """
        try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
    }

    /// Runs a command to its end.
    func run(_ arguments: String..., input: String = "") async throws -> ProgramRun.Ending {
        try await ProgramRun.run(Programs.ours("fortnight"), arguments, environment: variables, input: input)
    }

    /// Runs a command that must succeed; returns its output.
    @discardableResult
    func done(_ arguments: String..., input: String = "") async throws -> String {
        let ending = try await ProgramRun.run(
            Programs.ours("fortnight"), arguments, environment: variables, input: input)
        guard ending.status == 0 else { throw Failed(command: arguments, ending: ending) }
        return ending.output
    }

    struct Failed: Error, CustomStringConvertible {
        let command: [String]
        let ending: ProgramRun.Ending
        var description: String { "fortnight \(command.joined(separator: " ")): \(ending)" }
    }

    /// Starts the daemon and waits until it serves.
    func daemon(_ more: [String: String] = [:]) async throws -> ProgramRun {
        let run = try start(more)
        _ = try await run.line(holding: "listening on")
        return run
    }

    func start(_ more: [String: String] = [:]) throws -> ProgramRun {
        try ProgramRun(Programs.ours("fortnightd"), environment: variables.merging(more) { $1 })
    }

    /// Changes its configuration, in which `old` occurs once.
    func replace(_ old: String, with new: String) throws {
        let file = "\(folder)/fortnight.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
    }

    func queueNotice() async throws {
        try await done(
            "add", "notice", "--title", "Tablets to borrow", "--summary", "The library lends tablets for a month.",
            "--taking-part-phone", "0161 496 0456")
    }

    /// Adds that many readers, `reader0@example.org` and so on.
    func addReaders(_ count: Int) async throws {
        let rows = (0..<count).map { "reader\($0)@example.org,Reader \($0)" }
        try await done("subscribers", "import", "-", input: (["email,name"] + rows).joined(separator: "\n"))
    }

    /// The output of `deliveries 1 --json`.
    func deliveries() async throws -> [String: Int] {
        let text = try await done("deliveries", "1", "--json")
        return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    }

    /// The state and the reason of issue 1, from `issues --json`.
    func issue() async throws -> (state: String, reason: String?) {
        struct Row: Decodable {
            let number: Int
            let state: String
            let reason: String?
        }
        for line in try await done("issues", "--json").split(separator: "\n") {
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            if row.number == 1 { return (row.state, row.reason) }
        }
        return ("", nil)
    }

    /// Waits until issue 1 is in that state.
    func waitUntil(_ state: String, within time: Duration = .seconds(60)) async throws {
        try await Self.wait(for: "issue 1 to be \(state)", within: time) { try await issue().state == state }
    }

    struct OutOfTime: Error, CustomStringConvertible {
        let description: String
    }

    static func wait(
        for what: String, within time: Duration = .seconds(60), _ holds: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + time
        while try await !holds() {
            guard ContinuousClock.now < end else { throw OutOfTime(description: "waited in vain for \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// One request to the pages; the status and the body.
    func request(_ method: String, _ path: String, body: String = "") async throws -> (status: Int, body: String) {
        let script = """
            import sys, urllib.request, urllib.error
            data = sys.argv[3].encode() if sys.argv[1] == 'POST' else None
            request = urllib.request.Request(sys.argv[2], data=data, method=sys.argv[1])
            try: answer = urllib.request.urlopen(request, timeout=20)
            except urllib.error.HTTPError as error: answer = error
            print(answer.status); sys.stdout.write(answer.read().decode())
            """
        let ending = try await ProgramRun.run(
            Programs.system("python3", package: "python3"),
            ["-c", script, method, "http://127.0.0.1:\(webPort)\(path)", body])
        let parts = ending.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (Int(parts.first ?? "") ?? 0, parts.count > 1 ? String(parts[1]) : ending.errors)
    }
}
