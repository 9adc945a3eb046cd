import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("Operations", .wholePrograms)
struct OperationsTests {
    @Test("status says that a stopped daemon hangs, and that a resumed one runs")
    func standsStill() async throws {
        try await withScratchFolder { scratch in
            let clock = try StillClock(in: scratch)
            try clock.set("2026-11-26T12:00")
            let bulletin = try LivingBulletin(in: scratch, smtpPort: try FreePort.any(), clock: clock)
            let daemon = try await bulletin.daemon()
            try await LivingBulletin.wait(for: "the daemon's word") {
                try await status(bulletin).daemon.state == "running"
            }
            daemon.signal(SIGSTOP)
            try clock.set("2026-11-26T12:05")
            let hanging = try await bulletin.done("status").replacing("\n               ", with: " ")
            #expect(
                hanging.contains("hangs: no sign of life since Thursday 26 November 2026 at 12:00"),
                "\(hanging)")
            #expect(hanging.contains("systemctl restart fortnight"))
            daemon.signal(SIGCONT)
            try await LivingBulletin.wait(for: "the daemon's word again") {
                try await status(bulletin).daemon.state == "running"
            }
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test(
        "status, health, metrics and the page show a daemon that sends an issue, hangs and ends",
        .timeLimit(.minutes(3)))
    func watchedOver() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                #expect(try await bulletin.done("status").contains("there is no state folder"))
                try await bulletin.queueNotice()
                try await bulletin.addReaders(3)
                #expect(try await status(bulletin).daemon.state == "stopped")

                let daemon = try await bulletin.daemon()
                let line = try await daemon.line(holding: "operations: health")
                let base = try #require(line.split(separator: " ").last.map { String($0.dropLast()) })
                try await LivingBulletin.wait(for: "readiness") { try await get("\(base)/ready").status == 200 }
                #expect(try await get("\(base)/live").status == 200)
                #expect(try await get("\(base)/other").status == 404)
                #expect(try await get("http://127.0.0.1:\(bulletin.webPort)/metrics").status == 404)
                #expect(try await status(bulletin).daemon.state == "running")

                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                let sent = try await status(bulletin)
                #expect(sent.lastIssue?.number == 1)
                #expect(sent.lastIssue?.deliveries["accepted"] == 3)
                #expect(sent.warnings.isEmpty, "\(sent.warnings)")
                let words = try await bulletin.done("status")
                #expect(
                    words.replacing("\n               ", with: " ").contains("accepted 3, refused 0, to come 0"),
                    "\(words)")
                #expect(words.split(separator: "\n").allSatisfy { $0.count <= 80 })

                // Figures are gathered every ten seconds.
                try await LivingBulletin.wait(for: "the figures of issue 1") {
                    try await get("\(base)/metrics").body.contains(
                        "fortnight_deliveries{issue=\"1\",state=\"accepted\"} 3\n")
                }
                let parsed = try await parse("\(base)/metrics")
                #expect(parsed.contains("fortnight_ready 1.0") && parsed.contains("process_cpu_seconds_total"))
                #expect(!parsed.contains("example.org"))
                let page = try await get("\(base)/")
                #expect(page.body.contains("3 of 3") && page.body.contains("✓ Ready"))
                let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "operations.py").path
                let views = try await ProgramRun.run(
                    Programs.browserPython(), [script, "\(base)/"], within: .seconds(120))
                #expect(views.output == "6 views\n", "\(views.errors)")

                daemon.signal(SIGKILL)
                _ = try await daemon.ended()
                let killed = try await status(bulletin)
                #expect(killed.daemon.state == "stopped" && !killed.running)
                #expect(killed.subscribers?["active"] == 3)
            }
        }
    }

    @Test("the bulletin is sent even if another program has the operations port")
    func portTaken() async throws {
        try await withScratchFolder { scratch in
            let first = try LivingBulletin(in: scratch, smtpPort: 2525)
            let daemon = try await first.daemon()
            let line = try await daemon.line(holding: "operations: health")
            let address = try #require(line.split(separator: "/").last { $0.contains(":") }.map { String($0) })
            let other = scratch + "/other"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            let second = try LivingBulletin(in: other, smtpPort: 2525)
            let late = try await second.daemon(["FORTNIGHT_OPERATIONS_LISTEN": address])
            _ = try await late.line(holding: "operations.listen: \(address) is taken by another program")
            try await LivingBulletin.wait(for: "the warning") {
                try await status(second).warnings.contains { $0.what.contains("is taken by another program") }
            }
            for run in [daemon, late] {
                run.signal(SIGTERM)
                #expect(try await run.ended().status == 0)
            }
        }
    }

    // MARK: Asking

    private struct Status: Decodable {
        struct Daemon: Decodable {
            let state: String
        }
        struct Last: Decodable {
            let number: Int
            let deliveries: [String: Int]
        }
        struct Warning: Decodable {
            let what: String
        }
        let running: Bool
        let daemon: Daemon
        let lastIssue: Last?
        let subscribers: [String: Int]?
        let warnings: [Warning]
    }

    private func status(_ bulletin: LivingBulletin) async throws -> Status {
        try JSONDecoder().decode(Status.self, from: Data(await bulletin.done("status", "--json").utf8))
    }

    private func get(_ url: String) async throws -> (status: Int, body: String) {
        let script = """
            import sys, urllib.request, urllib.error
            try: answer = urllib.request.urlopen(sys.argv[1], timeout=20)
            except urllib.error.HTTPError as error: answer = error
            print(answer.status); sys.stdout.write(answer.read().decode())
            """
        let ending = try await python(script, url)
        let parts = ending.output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (Int(parts.first ?? "") ?? 0, parts.count > 1 ? String(parts[1]) : ending.errors)
    }

    /// The metrics as parsed by Prometheus' own client, a sample a line.
    private func parse(_ url: String) async throws -> String {
        let script = """
            import sys, urllib.request
            from prometheus_client.parser import text_string_to_metric_families
            text = urllib.request.urlopen(sys.argv[1], timeout=20).read().decode()
            for family in text_string_to_metric_families(text):
                assert family.documentation and family.type != 'unknown', family
                for sample in family.samples: print(sample.name, sample.value, sample.labels)
            """
        let ending = try await python(script, url)
        #expect(ending.status == 0, "\(ending.errors)")
        return ending.output
    }

    private func python(_ script: String, _ url: String) async throws -> ProgramRun.Ending {
        // Debian's own Python, which has Debian's modules.
        try await ProgramRun.run("/usr/bin/python3", ["-c", script, url])
    }
}
