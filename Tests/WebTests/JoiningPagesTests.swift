import Bulletin
import Foundation
import Records
import Subscriptions
import Testing
import Tokens

@testable import Web

@Suite("Joining on the web")
struct JoiningPagesTests {
    private static let ours = ["Sec-Fetch-Site: same-origin"]

    private func subscribe(
        _ site: TestSite, _ address: String, _ more: String = "", headers: [String] = ours
    ) async throws -> Visitor.Answer {
        let escaped = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return try await site.visitor.post("/subscribe", "email=\(escaped)&name=Ada&website=\(more)", headers: headers)
    }

    private func confirmLink(_ site: TestSite, _ id: SubscriberID, version: Int = 1, life: TimeInterval = 60)
        -> String
    {
        "/confirm/" + site.tokenKeys.token(.confirm, for: id, version: version, until: TestSite.now + life)
    }

    @Test("takes a newcomer in, whom only the button of the mailed link confirms")
    func newcomer() async throws {
        try await TestSite.serve { site in
            let answer = try await subscribe(site, "ada@example.net")
            #expect(answer.status == 200 && answer.body.contains("ada@example.net"))
            let id = site.tokenKeys.id(for: try EmailAddress("ada@example.net"))
            let waiting = try #require(try site.subscriberList[id])
            #expect(waiting.status == .unconfirmed && waiting.name == "Ada" && waiting.owes?.request == .confirm)
            let link = confirmLink(site, id)
            for _ in 0..<5 {
                #expect(try await site.visitor.get(link).body.contains("<form method=\"post\" action=\"\(link)\""))
                #expect(try await site.visitor.get(link, method: "HEAD").status == 200)
            }
            #expect(try site.subscriberList[id]?.status == .unconfirmed)
            // Somebody else's page cannot press it.
            _ = try await site.visitor.post(link, "", headers: ["Sec-Fetch-Site: cross-site"])
            #expect(try site.subscriberList[id]?.status == .unconfirmed)
            for _ in 0..<2 {
                let done = try await site.visitor.post(
                    link, "", headers: Self.ours + ["X-Forwarded-For: 203.0.113.9, 192.0.2.44"])
                #expect(done.status == 200 && done.body.contains("You are on the list"))
            }
            let active = try #require(try site.subscriberList[id])
            #expect(active.status == .active)
            #expect(active.consent?.how == .web && active.consent?.when == TestSite.now)
            #expect(active.consent?.wording?.contains("Please send me Health eBulletin by email.") == true)
            #expect(active.consent?.by == "the page to confirm, from 192.0.2.44")
        }
    }

    @Test("answers the same, whoever's address it is")
    func noEnumeration() async throws {
        try await TestSite.serve { site in
            for (index, status) in SubscriberStatus.allCases.enumerated() {
                let id = site.tokenKeys.id(for: try EmailAddress("reader\(index)@example.net"))
                _ = try site.subscriberList.change(id) { _ in
                    Subscriber(
                        id: id, status: status, since: TestSite.now - 86_400,
                        address: try EmailAddress("reader\(index)@example.net"))
                }
            }
            var answers: Set<String> = []
            for index in 0...SubscriberStatus.allCases.count {
                for _ in 0..<2 {
                    let answer = try await subscribe(site, "reader\(index)@example.net")
                    #expect(answer.status == 200)
                    let raw = answer.raw.replacing("reader\(index)@", with: "reader@")
                    answers.insert(raw.split(separator: "\r\n").filter { !$0.hasPrefix("Date:") }.joined())
                }
            }
            #expect(answers.count == 1)
        }
    }

    @Test("says what is wrong with an address, beside the field, and keeps what was typed")
    func wrongAddress() async throws {
        try await TestSite.serve { site in
            for wrong in [
                "", "ada", "ada@", "a@b@c", "ada@example.net\r\nBcc: x@example.org", "<script>@example.net", "\u{0}",
            ] {
                let page = try await subscribe(site, wrong)
                #expect(page.status == 422, "\(wrong)")
                #expect(page.body.contains("aria-describedby=\"email-error\"") && page.body.contains("role=\"alert\""))
                #expect(!page.body.contains("<script>"))
            }
            #expect(site.subscriberList.writes == 0)
        }
    }

    @Test("a robot that fills every field, and a form on somebody else's page, change nothing")
    func robots() async throws {
        try await TestSite.serve { site in
            let honest = try await subscribe(site, "ada@example.net")
            let robot = try await subscribe(site, "bob@example.net", "http://spam.example")
            #expect(robot.status == 200)
            #expect(robot.body == honest.body.replacing("ada@", with: "bob@"))
            #expect(
                try await subscribe(site, "eve@example.net", headers: ["Sec-Fetch-Site: cross-site"]).status == 403)
            #expect(
                try await subscribe(site, "eve@example.net", headers: ["Origin: https://evil.example"]).status == 403)
            #expect(try site.subscriberList.counts().total == 1)
        }
    }

    @Test("answers at even times, so that nobody learns from them how long the roll took")
    func evenTimes() async throws {
        let step = Duration.milliseconds(50)
        let cases: [(Int, Int)] = [(0, 50), (1, 49), (49, 1), (50, 50), (51, 49), (130, 20)]
        for (spent, rest) in cases {
            #expect(RequestHandler.rest(of: step, after: .milliseconds(spent)) == .milliseconds(rest))
        }
        #expect(RequestHandler.rest(of: .zero, after: .milliseconds(7)) == .zero)
        let slow = Duration.milliseconds(200)
        var limits = TestSite.unhurried
        limits.joiningStep = slow
        try await TestSite.serve(limits: limits) { site in
            for more in ["", "http://spam.example"] {
                let begun = ContinuousClock.now
                let answer = try await subscribe(site, "ada@example.net", more)
                #expect(answer.status == 200 && ContinuousClock.now - begun >= slow)
            }
        }
    }

    /// 10,000 in the long run of the tests; the limit is the same.
    private static let burst = ProcessInfo.processInfo.environment["FORTNIGHT_SLOW"]?.isEmpty == false ? 10_000 : 400

    @Test("a burst from one network leads to no more letters than its limit, and every other visitor is answered")
    func burst() async throws {
        try await TestSite.serve(withIssues: true) { site in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in 0..<8 {
                    group.addTask {
                        for index in stride(from: session, to: Self.burst, by: 8) {
                            let from = Self.ours + ["X-Forwarded-For: 203.0.113.\(index % 250)"]
                            let answer = try await subscribe(site, "victim\(index)@example.net", headers: from)
                            #expect(answer.status == 200)
                        }
                    }
                }
                for other in 0..<20 {
                    let from = Self.ours + ["X-Forwarded-For: 198.51.\(other).1"]
                    #expect(try await subscribe(site, "reader\(other)@example.org", headers: from).status == 200)
                    #expect(try await site.visitor.get("/issues/24").status == 200)
                }
                try await group.waitForAll()
            }
            let written = try site.subscriberList.owing().compactMap { $0.address?.domain }
            #expect(written.filter { $0 == "example.net" }.count == 60)
            #expect(written.filter { $0 == "example.org" }.count == 20)
        }
    }

    @Test("links that are forged, too old or used up change nothing, and say so kindly")
    func links() async throws {
        try await TestSite.serve { site in
            let id = site.tokenKeys.id(for: try EmailAddress("ada@example.net"))
            _ = try await subscribe(site, "ada@example.net")
            let link = confirmLink(site, id)
            #expect(try await site.visitor.post(String(link.dropLast()) + "#", "", headers: Self.ours).status == 404)
            let old = confirmLink(site, id, life: -1)
            for answer in [try await site.visitor.get(old), try await site.visitor.post(old, "", headers: Self.ours)] {
                #expect(answer.status == 410 && answer.body.contains("action=\"/subscribe\""))
            }
            let otherPurpose = site.tokenKeys.token(.choices, for: id, version: 1, until: TestSite.now + 60)
            #expect(try await site.visitor.post("/confirm/\(otherPurpose)", "", headers: Self.ours).status == 404)
            let otherVersion = confirmLink(site, id, version: 2)
            #expect(try await site.visitor.post(otherVersion, "", headers: Self.ours).status == 410)
            #expect(try site.subscriberList[id]?.status == .unconfirmed)
        }
    }

    @Test("a thousand confirmations at once cost a few syncs of the disk")
    func groupCommit() async throws {
        try await TestSite.serve { site in
            let ids = (0..<1000).map { SubscriberID(high: UInt64($0 + 1), low: 7) }
            _ = try site.subscriberList.changeMany(ids) { id, _ in
                Subscriber.asksToJoin(
                    nil, id: id, address: try EmailAddress("r\(id.high)@example.net"), name: nil, at: TestSite.now)
            }
            let subscribers = GroupCommit(subscriberList: site.subscriberList)
            let before = site.subscriberList.batches
            let consent = Consent(how: .web, when: TestSite.now)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask {
                        try await subscribers.perform(Confirm(id, version: 1, consent: consent, at: TestSite.now))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try site.subscriberList.counts()[.active] == 1000)
            #expect(site.subscriberList.batches - before < 200)
        }
    }

    @Test("where the disk fails, nobody is told that it was done")
    func fullDisk() async throws {
        try await TestSite.serve { site in
            site.subscriberList.fail()
            let answer = try await subscribe(site, "ada@example.net")
            #expect(answer.status == 500)
        }
    }
}
