import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { ProjectsPage } from '../projects/ProjectsPage.tsx';
import { LogInPage } from '../sessions/LogInPage.tsx';
import { useSession } from '../sessions/session.ts';
import { Layout } from './Layout.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { Waiting } from './Waiting.tsx';

const ProjectPage = lazy(() => import('../projects/ProjectPage.tsx'));

export function App() {
  const session = useSession();
  if (!session) return <LogInPage />;
  return (
    <Layout user={session.user}>
      <Suspense fallback={<Waiting for="the page" />}>
        <Routes>
          <Route path="/" element={<ProjectsPage user={session.user} />} />
          <Route path="/projects/:id" element={<ProjectPage user={session.user} />} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </Suspense>
    </Layout>
  );
}
