import Logging
import ServiceLifecycle
import Testing

@testable import Web

@Suite struct LifetimeTests {
    @Test func aTakenPortIsAFaultWithTheRemedy() async throws {
        try await TestSite.serve { site in
            let port = site.visitor.port
            await #expect(throws: WebFault(place: "127.0.0.1:\(port)", errno: 98)) {
                try await site.service(port: port) { _ in }.run()
            }
        }
        #expect(
            WebFault(place: "127.0.0.1:8080", errno: 98).description
                == "web.listen: 127.0.0.1:8080 is taken by another program: stop it, or set web.listen to another port")
    }

    @Test func shuttingDownWaitsForNoIdleVisitor() async throws {
        try await TestSite.serve { site in
            let (ports, listening) = AsyncStream<Int>.makeStream()
            let group = ServiceGroup(
                configuration: .init(
                    services: [site.service(port: 0) { listening.yield($0) }], logger: Logger(label: "test")))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                let idle = try Visitor(port: port).connect()
                defer { idle.close() }
                _ = try await Visitor(port: port).get("/")
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
