// A chat server as Bun's documentation writes one: publish and subscribe are the server's own.
//
//   bun bun.js PORT

let members = 0;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch(request, server) {
    return server.upgrade(request, { data: { account: "" } }) ? undefined : new Response("WebSocket only", { status: 426 });
  },
  websocket: {
    // A receiver that is behind keeps its messages up to here.
    backpressureLimit: 64 << 20,
    message(socket, text) {
      const message = JSON.parse(text);
      switch (message.type) {
        case "login":
          socket.data.account = message.account;
          socket.send(JSON.stringify({ type: "welcome", account: message.account }));
          break;
        case "join":
          socket.subscribe(message.room);
          socket.send(JSON.stringify({ type: "joined", room: message.room, members: ++members }));
          break;
        case "send":
          server.publish(
            message.room,
            JSON.stringify({ type: "message", room: message.room, account: socket.data.account, text: message.text }),
          );
          break;
      }
    },
  },
});

console.log(`listening on ${server.port}`);
