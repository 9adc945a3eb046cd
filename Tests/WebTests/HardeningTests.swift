import Bulletin
import Testing

@testable import Web

@Suite struct HardeningTests {
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    @Test func everyAnswerBearsTheStrictHeaders() async throws {
        try await OpenHouse.serve(withIssues: true) { house in
            let id = try house.roll.add(.active, number: 1)
            let answers = [
                try await house.visitor.get("/"), try await house.visitor.get("/issues/24"),
                try await house.visitor.get("/nowhere"), try await house.visitor.get("/", method: "PUT"),
                try await house.visitor.get("/leave/\(house.token(id))"),
                try await house.visitor.post("/leave/\(house.token(id))", ""),
            ]
            for answer in answers {
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
        try await OpenHouse.serve(publicURL: "http://127.0.0.1:8080") { house in
            let answer = try await house.visitor.get("/")
            #expect(answer.headers["strict-transport-security"] == nil)
        }
    }

    @Test func aPathInThePublicURLIsInTheLinksOnly() async throws {
        try await OpenHouse.serve(publicURL: "https://example.org/bulletin") { house in
            let token = house.token(try house.roll.add(.active, number: 1))
            #expect(try await house.visitor.get("/leave/\(token)").body.contains("action=\"/bulletin/leave/\(token)\""))
            #expect(try await house.visitor.get("/robots.txt").body.contains("Disallow: /bulletin/leave/"))
        }
    }

    @Test func aBodyOverEightKilobytesIsRefused() async throws {
        try await OpenHouse.serve { house in
            let id = try house.roll.add(.active, number: 1)
            let path = "/leave/\(house.token(id))"
            let most = "List-Unsubscribe=One-Click&x=" + String(repeating: "y", count: 8192)
            #expect(try await house.visitor.post(path, most).status == 413)
            #expect(try house.roll[id]?.status == .active)
            let fits = "x=" + String(repeating: "y", count: 8000) + "&List-Unsubscribe=One-Click"
            #expect(try await house.visitor.post(path, fits).status == 200)
            #expect(try house.roll[id]?.status == .unsubscribed)
        }
    }

    @Test func headersOverSixteenKilobytesAreRefused() async throws {
        try await OpenHouse.serve { house in
            let long = "X-Long: " + String(repeating: "y", count: 17 * 1024)
            let refused = try await house.visitor.get("/", headers: [long])
            #expect(refused.status != 200)
            #expect(try await house.visitor.get("/").status == 200)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\nnonsense", "nonsense\r\n\r\n", "POST /leave/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func nonsenseIsAnsweredAndServingGoesOn(bytes: String) async throws {
        try await OpenHouse.serve { house in
            _ = try await house.visitor.send(bytes + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(try await house.visitor.get("/").status == 200)
        }
    }
}
