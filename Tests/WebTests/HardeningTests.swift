import Bulletin
import Foundation
import Records
import TestSupport
import Testing

@testable import Web

@Suite(.alone) struct HardeningTests {
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    @Test func everyAnswerBearsTheStrictHeaders() async throws {
        try await TestSite.serve(withIssues: true) { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let answers = [
                try await site.visitor.get("/"), try await site.visitor.get("/issues/24"),
                try await site.visitor.get("/nowhere"), try await site.visitor.get("/", method: "PUT"),
                try await site.visitor.get("/leave/\(site.token(id))"),
                try await site.visitor.post("/leave/\(site.token(id))", ""),
            ]
            let refused = [
                try await site.visitor.post("/subscribe", String(repeating: "x", count: 9000)),
                try await site.visitor.send("nonsense\r\n\r\n"),
                try await site.visitor.get("/", headers: ["X-Long: " + String(repeating: "y", count: 17 * 1024)]),
            ]
            #expect(refused.map(\.status) == [413, 400, 400])
            for answer in [answers[3]] + refused {
                #expect(answer.body.contains("Nothing has been changed.") && answer.body.contains("<h1>"))
                #expect(answer.headers["content-length"] == "\(answer.body.utf8.count)")
            }
            for answer in answers + refused {
                #expect(answer.headers["content-security-policy"] == Self.policy)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                #expect(answer.headers["strict-transport-security"] == "max-age=31536000")
                #expect(answer.headers["set-cookie"] == nil)
                #expect(answer.headers["server"] == nil)
            }
            for answer in answers.suffix(2) {
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.headers["x-robots-tag"] == "noindex")
            }
        }
    }

    @Test func onLoopbackBrowsersAreNotHeldToHTTPS() async throws {
        try await TestSite.serve(publicURL: "http://127.0.0.1:8080") { site in
            let answer = try await site.visitor.get("/")
            #expect(answer.headers["strict-transport-security"] == nil)
        }
    }

    @Test func aPathInThePublicURLIsInTheLinksOnly() async throws {
        try await TestSite.serve(publicURL: "https://example.org/bulletin") { site in
            let token = site.token(try site.subscriberList.add(.active, number: 1))
            #expect(try await site.visitor.get("/leave/\(token)").body.contains("action=\"/bulletin/leave/\(token)\""))
            #expect(try await site.visitor.get("/robots.txt").body.contains("Disallow: /bulletin/leave/"))
        }
    }

    @Test func aBodyOverEightKilobytesIsRefused() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let path = "/leave/\(site.token(id))"
            let most = "List-Unsubscribe=One-Click&x=" + String(repeating: "y", count: 8192)
            #expect(try await site.visitor.post(path, most).status == 413)
            #expect(try site.subscriberList[id]?.status == .active)
            let fits = "x=" + String(repeating: "y", count: 8000) + "&List-Unsubscribe=One-Click"
            #expect(try await site.visitor.post(path, fits).status == 200)
            #expect(try site.subscriberList[id]?.status == .unsubscribed)
        }
    }

    @Test func aBodyThatIsSaidToBeTooLargeIsRefusedBeforeItComes() async throws {
        try await TestSite.serve(limits: Self.hurried(\.request)) { site in
            let head = ["POST /subscribe HTTP/1.1", "Host: x", "Content-Length: 2000000", "Expect: 100-continue"]
            let answer = try await site.visitor.send(head.joined(separator: "\r\n") + "\r\n\r\n")
            #expect(answer.status == 413)
        }
    }

    @Test func headersOverSixteenKilobytesAreRefused() async throws {
        try await TestSite.serve { site in
            let long = "X-Long: " + String(repeating: "y", count: 17 * 1024)
            let refused = try await site.visitor.get("/", headers: [long])
            #expect(refused.status != 200)
            #expect(try await site.visitor.get("/").status == 200)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\nnonsense", "nonsense\r\n\r\n", "POST /leave/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func nonsenseIsAnsweredAndServingGoesOn(bytes: String) async throws {
        try await TestSite.serve { site in
            _ = try await site.visitor.send(bytes + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(try await site.visitor.get("/").status == 200)
        }
    }

    // MARK: Whoever is slow on purpose

    private static func hurried(_ limit: WritableKeyPath<WebService.Limits, Duration>) -> WebService.Limits {
        var limits = TestSite.unhurried
        limits[keyPath: limit] = .milliseconds(300)
        return limits
    }

    /// Brought a byte every fiftieth of a second at most, it takes seconds.
    private static let slowly = String(repeating: "y", count: 1000)

    @Test func headersThatDoNotComeToTheirEndAreHungUpOn() async throws {
        try await TestSite.serve(limits: Self.hurried(\.idle)) { site in
            let slow = try await site.visitor.drip("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", then: Self.slowly)
            #expect(slow.wasHungUpOn)
        }
    }

    @Test func aFormThatDoesNotComeToItsEndIsAnsweredAndHungUpOn() async throws {
        var limits = Self.hurried(\.form)
        limits.request = .seconds(4)
        try await TestSite.serve(limits: limits) { site in
            let slow = try await site.visitor.drip(
                "POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", then: Self.slowly)
            #expect(slow.raw.hasPrefix("HTTP/1.1 408 ") && slow.wasHungUpOn)
        }
    }

    @Test func aBodyThatNobodyWantsIsHungUpOn() async throws {
        try await TestSite.serve(limits: Self.hurried(\.request)) { site in
            let slow = try await site.visitor.drip(
                "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", then: Self.slowly)
            #expect(slow.raw.hasPrefix("HTTP/1.1 404 ") && slow.wasHungUpOn)
        }
    }

    @Test func anAnswerThatNobodyTakesIsHungUpOn() async throws {
        let size = 5 << 20
        try await TestSite.serve(
            withIssues: true, limits: Self.hurried(\.answer),
            preparing: { state in
                let file = "\(state.path)/issues/0024/pictures/\(TestSite.picture)"
                try Data(Array("GIF89a".utf8) + [UInt8](repeating: 0, count: size - 6)).write(to: URL(filePath: file))
            },
            { site in
                let idle = try site.visitor.connect(taking: 4096)
                defer { idle.close() }
                #expect(idle.ask("GET /issues/24/pictures/\(TestSite.picture) HTTP/1.1\r\nHost: x\r\n\r\n"))
                try await Task.sleep(for: .seconds(1))
                #expect(await idle.isClosed(before: size))
            })
    }

    @Test func oneVisitorCannotTakeAllConnections() async throws {
        var limits = TestSite.unhurried
        limits.connectionsFromOne = 3
        try await TestSite.serve(trusting: [], limits: limits) { site in
            let idle = try (0..<3).map { _ in try site.visitor.connect() }
            for connection in idle {
                #expect(connection.ask("GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"))
                #expect(await !connection.isClosed(before: 10))
            }
            await #expect(throws: Visitor.NoAnswer.self) { try await site.visitor.get("/") }
            for connection in idle { connection.close() }
            // The server notices in its own time.
            while (try? await site.visitor.get("/"))?.status != 200 { await Task.yield() }
        }
        try await TestSite.serve(limits: limits) { site in
            let idle = try (0..<3).map { _ in try site.visitor.connect() }
            defer { for connection in idle { connection.close() } }
            #expect(try await site.visitor.get("/").status == 200, "a proxy of ours brings everybody's")
        }
    }
}
