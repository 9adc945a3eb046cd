import Foundation
import Testing

@testable import Operations
@testable import Planning
@testable import Publishing

@Suite("Health")
struct HealthTests {
    private func health(
        web: String? = "127.0.0.1:8080", writing: String? = nil, since: Duration = .seconds(20),
        _ change: (inout WorkflowMonitor.Reading) -> Void = { _ in }
    ) -> Health {
        var reading = WorkflowMonitor.Reading()
        reading.sinceTurn = .milliseconds(500)
        change(&reading)
        return Health(reading: reading, web: web, writing: writing, sinceStart: since)
    }

    @Test("is ready when the pages are served, the state can be written, and the workflow moves")
    func well() {
        #expect(health().isReady && health().isLive)
    }

    @Test("gives each reason for not being ready")
    func reasons() {
        #expect(health(web: nil).reasons == ["the pages are not served yet"])
        #expect(health(writing: "no room").reasons == ["the state folder cannot be written: no room"])
        #expect(health { $0.sinceTurn = nil }.reasons == ["the workflow has not begun"])
        #expect(health { $0.sinceTurn = .seconds(31) }.reasons == ["the workflow has not moved for 31 seconds"])
        #expect(
            health { $0.trouble = WorkflowMonitor.Trouble(words: "cannot do what is due: no", since: .distantPast) }
                .reasons
                == ["cannot do what is due: no"])
    }

    @Test("is alive through a slow turn, and not when nothing has moved for five minutes, a start included")
    func life() {
        #expect(health { $0.sinceTurn = .seconds(299) }.isLive)
        #expect(!health { $0.sinceTurn = .seconds(300) }.isLive)
        #expect(health(since: .seconds(299)) { $0.sinceTurn = nil }.isLive)
        #expect(!health(since: .seconds(301)) { $0.sinceTurn = nil }.isLive)
    }
}
