import Bulletin
import Foundation
import Testing

@testable import Operations

@Suite("The metrics")
struct MetricsTests {
    @Test("have each family once, with help, type, and labels that cannot break out")
    func text() {
        var metrics = MetricsText()
        metrics.value(.ready, true)
        metrics.value(.mailboxRead, nil as Double?)
        metrics.family(.storeBytes) { samples in
            samples.add(12, ["store": "a\"b\\c\nd"])
            samples.add(0.25, ["store": "issues"])
        }
        metrics.family(.turns) { samples in
            samples.add(1.5, suffix: "_sum")
            samples.add(3.0, suffix: "_count")
        }
        #expect(
            metrics.text == """
                # HELP fortnight_ready Whether the daemon can do its work, as /ready says.
                # TYPE fortnight_ready gauge
                fortnight_ready 1
                # HELP fortnight_store_bytes Size of each folder of the state folder.
                # TYPE fortnight_store_bytes gauge
                fortnight_store_bytes{store="a\\"b\\\\c\\nd"} 12
                fortnight_store_bytes{store="issues"} 0.25
                # HELP fortnight_workflow_turn_seconds Turns of the workflow: their number and duration.
                # TYPE fortnight_workflow_turn_seconds summary
                fortnight_workflow_turn_seconds_sum 1.5
                fortnight_workflow_turn_seconds_count 3

                """)
    }

    @Test("have names that differ, and follow Prometheus' customs")
    func names() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.hasPrefix("fortnight_") || metric.name.hasPrefix("process_"))
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix("."))
        }
    }

    @Test("count what was settled in each minute, and start again when the clock is put back")
    func samples() {
        var samples = SendingSamples()
        let (first, second) = (Mailing(IssueNumber(1)), Mailing(IssueNumber(2)))
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        // Deliveries settled before the daemon started.
        samples.take([first: 100], at: start)
        samples.take([first: 160], at: start + 10)
        samples.take([first: 200, second: 7], at: start + 130)
        #expect(samples.minutes.map(\.count) == [60, 0, 47])
        samples.take([second: 7], at: start + 190)
        samples.take([second: 12], at: start + 191)
        #expect(samples.minutes.map(\.count) == [60, 0, 47, 5])
        samples.take([second: 16], at: start - 3600)
        #expect(samples.minutes.map(\.count) == [4])
        samples.take([second: 16], at: start + 7200)
        #expect(samples.minutes.map(\.count) == [0])
        for minute in 0..<100 { samples.take([second: 16 + minute], at: start + 7200 + Double(minute) * 60) }
        #expect(samples.minutes.count == SendingSamples.most)
    }
}
