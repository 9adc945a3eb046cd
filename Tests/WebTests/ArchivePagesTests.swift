import Testing

@testable import Web

@Suite struct ArchivePagesTests {
    @Test func anIssueIsReadAsAPageAsTextAndWithItsPictures() async throws {
        try await TestSite.serve(withIssues: true) { site in
            let page = try await site.visitor.get("/issues/24")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("Issue 24"))
            let text = try await site.visitor.get("/issues/24/text")
            #expect(text.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(text.body == "ISSUE 24 — café\n")
            let picture = try await site.visitor.get("/issues/24/pictures/\(TestSite.picture)")
            #expect(picture.headers["content-type"] == "image/gif")
            #expect(picture.body == "GIF89a")
        }
    }

    @Test func theArchiveAndTheFrontPageListTheIssues() async throws {
        try await TestSite.serve(withIssues: true) { site in
            for path in ["/", "/issues/", "/issues"] {
                let page = try await site.visitor.get(path)
                #expect(page.status == 200)
                #expect(page.body.contains("/issues/24"))
                #expect(page.body.contains("Six events of issue 24"))
                #expect(!page.body.contains("issue 25"))
            }
            #expect(try await site.visitor.get("/style.css").headers["content-type"] == "text/css; charset=utf-8")
            #expect(
                try await site.visitor.get("/robots.txt").body
                    == "User-agent: *\nDisallow: /leave/\nDisallow: /confirm/\nDisallow: /choices/\n")
        }
    }

    private static let unreadable = [
        "/issues/25", "/issues/25/text", "/issues/0", "/issues/024", "/issues/-1", "/issues/99999999999999999999",
        "/issues/24/pictures/other.jpg", "/issues/24/issue.json", "/issues/24/pictures/../issue.json",
        "/issues/24/pictures/..%2Fissue.json", "/issues/24/pictures/%2e%2e",
        "/issues/24/pictures/\(TestSite.picture)%00", "/issues/25/pictures/\(TestSite.picture)",
        "/issues/24/pictures/..%2Fsecret.gif", "/issues/24/pictures/%252e%252e%252fsecret.gif",
        "/issues/24/pictures/issue.json", "/nowhere", "//", "/leave/", "/leave", "/issues/24/text/", "/style.css/x",
    ]

    @Test func whatThePublicMayNotReadIsNotFound() async throws {
        try await TestSite.serve(withIssues: true) { site in
            for path in Self.unreadable {
                let answer = try await site.visitor.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.body.contains("<!DOCTYPE html>"))
            }
        }
    }

    @Test func headsHaveNoBody() async throws {
        try await TestSite.serve(withIssues: true) { site in
            let head = try await site.visitor.get("/issues/24", method: "HEAD")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers["content-length"] == "32")
        }
    }

    @Test func aMethodThatAPathDoesNotTakeIsRefusedWithThoseItTakes() async throws {
        try await TestSite.serve(withIssues: true) { site in
            let page = try await site.visitor.post("/issues/24", "x=y")
            #expect(page.status == 405)
            #expect(page.headers["allow"] == "GET, HEAD")
            let link = try await site.visitor.get("/leave/x", method: "DELETE")
            #expect(link.status == 405)
            #expect(link.headers["allow"] == "GET, HEAD, POST")
        }
    }
}
