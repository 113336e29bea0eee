const fetcher = GraphiQL.createFetcher({ url: "/graphql" });
// What is typed is nobody else's: nothing of it is kept in the browser.
const storage = { getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {}, length: 0 };
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, storage, defaultEditorToolsVisibility: "headers" }),
);
